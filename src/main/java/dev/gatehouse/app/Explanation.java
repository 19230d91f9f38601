package dev.gatehouse.app;

import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.config.UpstreamOption;
import dev.gatehouse.control.Refused;
import dev.gatehouse.header.RequestHeaders;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.RequestHead;
import dev.gatehouse.route.Authority;
import dev.gatehouse.route.Decision;
import dev.gatehouse.route.RequestPath;
import dev.gatehouse.route.RequestTarget;
import dev.gatehouse.route.Router;
import dev.gatehouse.route.UpstreamTarget;
import dev.gatehouse.tls.SiteStore;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.http.HttpHeader;

/// What would become of a request, decided by the very tables that decide about requests, and why.
final class Explanation {
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    private final GatehouseConfig config;
    private final Router router;
    private final SiteStore sites;
    private final RequestHeaders headers;

    private Explanation(GatehouseConfig config, Router router, SiteStore sites) {
        this.config = config;
        this.router = router;
        this.sites = sites;
        this.headers = RequestHeaders.of(config);
    }

    /// Explanations by a configuration.
    ///
    /// @param router of it
    /// @param sites of it
    static Explanation of(GatehouseConfig config, Router router, SiteStore sites) {
        return new Explanation(config, router, sites);
    }

    /// Explains one request.
    ///
    /// @param asked with `url`, and `method` if it is not GET
    /// @throws Refused when that is no URL
    Map<String, Object> of(Map<String, Object> asked) throws Refused {
        var url = ExplainedUrl.parse(String.valueOf(asked.get("url")));
        var method = String.valueOf(asked.getOrDefault("method", "GET"));
        var answer = new LinkedHashMap<String, Object>();
        answer.put("url", url.text());
        answer.put("method", method);
        port(url, answer);
        if (url.secure() && !handshake(url, answer)) {
            return answer;
        }
        var request = url.request(method);
        var path = RequestTarget.path(method, request.uri());
        switch (router.route(request, path)) {
            case Decision.Forward to -> forward(request, to, Objects.requireNonNull(path), answer);
            case Decision.Redirect to -> redirect(url, to, answer);
            case Decision.ServerOptions to -> answer.put("decision", "answer");
            case Decision.Refuse refused -> refuse(refused.failure(), refused.detail(), answer);
        }
        return answer;
    }

    private void port(ExplainedUrl url, Map<String, Object> answer) {
        var listen = config.listen();
        boolean mapped = !url.secure() && listen.publicHttpPort() != null;
        var ours = url.secure() ? listen.publicHttpsPort() : mapped ? listen.publicHttpPort() : listen.port();
        var key = url.secure()
                ? Objects.equals(ours, listen.tlsPort()) ? "listen_port_tls" : "public_https_port"
                : mapped ? "public_http_port" : "listen_port";
        int theirs = Objects.requireNonNullElse(url.port(), url.secure() ? HTTPS_PORT : HTTP_PORT);
        if (ours == null) {
            answer.put("note", "nothing listens for " + (url.secure() ? "https" : "http") + ": there is no " + key);
        } else if (ours != theirs) {
            answer.put("note", "the URL's port is " + theirs + ", " + key + " is " + ours);
        }
    }

    /// Whether TLS lets a request come.
    private boolean handshake(ExplainedUrl url, Map<String, Object> answer) {
        var name = url.serverName();
        var site = sites.find(name);
        if (site == null) {
            answer.put("decision", "refuse");
            answer.put("failure", "tls.sni");
            answer.put(
                    "because",
                    name == null
                            ? "clients name no host in the handshake for an address"
                            : "no app has a certificate for '" + name + "'");
            return false;
        }
        var certificate = CertificateFacts.of(site, Instant.now());
        if (certificate == null) {
            answer.put("certificate_note", "it comes by ACME; as long as there is none, handshakes are refused");
            return true;
        }
        certificate.put("app", site.app());
        config.app(site.app()).map(AppConfig::tls).ifPresent(tls -> {
            if (tls.certPath() != null) {
                certificate.put("file", tls.certPath().toString());
            }
            certificate.put("client_certificate", tls.clientAuth() != null);
        });
        answer.put("certificate", certificate);
        return true;
    }

    private void forward(RequestHead request, Decision.Forward to, RequestPath received, Map<String, Object> answer) {
        var app = to.app();
        var route = to.route();
        answer.put("decision", "forward");
        app(request, app, to.byDefault(), answer);
        var path = to.path(received);
        answer.put("path", path.canonical());
        answer.put("path_received", RequestTarget.asReceived(request.uri()));
        answer.put("route", route.path());
        answer.put(
                "route_because",
                app.routes().size() == 1
                        ? "it is the only one of the app"
                        : "of the app's " + app.routes().size() + " paths it is the longest that covers this one");
        answer.put("load_balance", route.loadBalance().text());
        answer.put(
                "upstreams",
                route.upstreams().stream().map(Explanation::upstream).toList());
        answer.put(
                "options",
                route.options().stream().map(UpstreamOption::text).sorted().toList());
        answer.put("target", UpstreamTarget.of(route, path, request.uri().getQuery()));
        answer.put("header", fields(request, to));
    }

    /// Why it is this app: the name that [Router] went by.
    private static void app(RequestHead request, AppConfig app, boolean byDefault, Map<String, Object> answer) {
        answer.put("app", app.name());
        var host = Authority.parse(String.valueOf(request.fields().get(HttpHeader.HOST)));
        var name = host == null ? "" : host.host();
        var because = byDefault
                ? "no app has the name '" + name + "', and default_app is this one"
                : app.serverNames().contains(name)
                        ? "'" + name + "' is a server_name of it"
                        : "'*" + name.substring(name.indexOf('.')) + "' is a server_name of it, and no app has '" + name
                                + "'";
        answer.put("app_because", because);
    }

    private static Map<String, Object> upstream(UpstreamConfig upstream) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("address", upstream.address());
        facts.put("tls", upstream.tls());
        return facts;
    }

    /// What the first upstream gets from a client that sends nothing but Host; the request's id differs each time.
    private List<String> fields(RequestHead request, Decision.Forward to) {
        var first = to.route().upstreams().getFirst();
        return headers.forUpstream(request, to, first, "…").stream()
                .map(field -> field.getName() + ": " + field.getValue())
                .toList();
    }

    private static void redirect(ExplainedUrl url, Decision.Redirect to, Map<String, Object> answer) {
        answer.put("decision", "redirect");
        answer.put("status", to.status());
        answer.put("location", to.location());
        app(url.request("GET"), to.app(), !to.location().startsWith("https://" + url.serverName()), answer);
        answer.put("because", "https_redirection of app '" + to.app().name() + "' is on");
    }

    private static void refuse(Failure failure, String detail, Map<String, Object> answer) {
        answer.put("decision", "refuse");
        answer.put("status", failure.status());
        answer.put("failure", failure.token());
        answer.put("because", failure.text() + (detail.isEmpty() ? "" : " (" + detail + ")"));
    }
}
