package dev.gatehouse.route;

import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.EncodedSlash;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.RequestHead;
import java.util.HashMap;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/// Finds app and route of a request. One per generation, any thread.
public final class Router {
    /// What a client of HTTP/1.0 asks that sends no Host.
    private static final Asked NAMELESS = new Asked("", new Authority("", null), null);

    /// A power of two.
    private static final int REMEMBERED = 128;

    private static final int HTTPS_PORT = 443;
    private static final int MOVED = 301;
    private static final int MOVED_WITH_METHOD = 308;

    private final HostTable<Site> sites;
    private final @Nullable Site defaultSite;
    private final boolean sniMayDiffer;
    private final @Nullable Integer publicHttpsPort;

    /// Hosts that were asked for lately, by hash. Entries are immutable, so that a race costs a look-up and no more.
    private final @Nullable Asked[] asked = new Asked[REMEMBERED];

    private Router(GatehouseConfig config) {
        var byName = new HashMap<String, Site>();
        Site byDefault = null;
        for (var app : config.apps()) {
            var site = Site.of(app);
            app.serverNames().forEach(name -> byName.put(name, site));
            if (app.name().equals(config.defaultApp())) {
                byDefault = site;
            }
        }
        if (byDefault != null && byDefault.app.serverNames().stream().allMatch(HostTable::isWildcard)) {
            throw new IllegalArgumentException("default_app '%s' needs a server_name without wildcard: it becomes Host"
                    .formatted(byDefault.app.name()));
        }
        sites = new HostTable<>(byName);
        defaultSite = byDefault;
        sniMayDiffer = config.ignoreSniConsistency();
        publicHttpsPort = config.listen().publicHttpsPort();
    }

    /// The router of a configuration.
    ///
    /// @throws IllegalArgumentException when the default app has only wildcard names
    public static Router of(GatehouseConfig config) {
        return new Router(config);
    }

    /// As the longer one, for who does not need the path.
    public Decision route(RequestHead request) {
        return route(request, RequestTarget.path(request.method(), request.uri()));
    }

    /// Decides by method (405) and target (400), host (400), SNI (421), app (503), `OPTIONS *`, https (301, 308), and
    /// route (404, or 400 where it depends on encoded slashes), in that order.
    ///
    /// @param path as [RequestTarget#path] gives it
    public Decision route(RequestHead request, @Nullable RequestPath path) {
        if (path == null) {
            return refuseTarget(request);
        }
        var target = asked(request);
        if (target == null && defaultSite != null && isNameless(request)) {
            target = NAMELESS;
        }
        if (target == null) {
            boolean frames = request.protocol() == Protocol.HTTP_2;
            return refuse(
                    frames ? Failure.STREAM_AUTHORITY : Failure.INVALID_HOST, "host=" + printable(hosts(request)));
        }
        var host = target.authority.host();
        var site = target.site;
        boolean secure = request.connection().secure();
        if (secure) {
            boolean mayDiffer = sniMayDiffer && (site == null || site.isOpenToOtherNames());
            if (!mayDiffer && !isServerName(request.connection(), host)) {
                var sni = request.connection().serverName();
                return refuse(Failure.SNI_MISMATCH, "host=" + host + " sni=" + (sni == null ? "-" : printable(sni)));
            }
            if (site != null && site.app.tls() == null) {
                site = null;
            }
        }
        boolean byDefault = site == null && !secure;
        if (byDefault) {
            site = defaultSite;
        }
        if (site == null) {
            return refuse(Failure.NO_SUCH_APP, "host=" + host);
        }
        if (request.method().equals("OPTIONS") && RequestTarget.isOfServer(request.uri())) {
            return new Decision.ServerOptions(site.app);
        }
        if (!secure && site.app.tls() != null && site.app.httpsRedirection() && publicHttpsPort != null) {
            return redirect(site.app, byDefault ? HostTable.exactName(site.app) : host, publicHttpsPort, request);
        }
        var routes = byDefault ? site.byDefault : site.byName;
        var forward = routes.find(path.canonical());
        if (path.encodedSlash()) {
            return decide(site.app, path, forward, routes.find(path.decoded().canonical()));
        }
        return forward != null ? forward : noRoute(site.app, path);
    }

    /// Decides where a path has encoded slashes.
    ///
    /// @param passed the route for who takes them for a part of a segment
    /// @param decoded the route for who takes them for slashes
    private static Decision decide(
            AppConfig app, RequestPath path, Decision.@Nullable Forward passed, Decision.@Nullable Forward decoded) {
        var first = passed != null ? passed : decoded;
        if (first == null) {
            return noRoute(app, path);
        }
        var how = first.route().encodedSlash();
        if (how == EncodedSlash.REJECT
                || (decoded != null && decoded.route().encodedSlash() == EncodedSlash.REJECT)
                || (how == null && !first.equals(decoded))) {
            return new Decision.Refuse(
                    app,
                    Failure.ENCODED_SLASH,
                    "path=" + printable(path.forwarded()) + " route="
                            + first.route().path() + " decoded_route="
                            + (decoded == null ? "-" : decoded.route().path()));
        }
        var chosen = how == EncodedSlash.DECODE ? decoded : passed;
        if (chosen == null) {
            return noRoute(app, path);
        }
        return how == EncodedSlash.DECODE
                ? new Decision.Forward(chosen.app(), chosen.route(), chosen.byDefault(), true)
                : chosen;
    }

    private static Decision noRoute(AppConfig app, RequestPath path) {
        return new Decision.Refuse(app, Failure.NO_SUCH_ROUTE, "path=" + printable(path.forwarded()));
    }

    /// Where the request wants to go: `:authority` or the authority of an absolute form, which Host must not
    /// contradict, else Host; null where that is not one valid host (RFC 9112 §3.2, RFC 9113 §8.3.1).
    private @Nullable Asked asked(RequestHead request) {
        HttpField host = null;
        var fields = request.fields();
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.getField(i);
            if (field.getHeader() == HttpHeader.HOST) {
                if (host != null) {
                    return null;
                }
                host = field;
            }
        }
        var uri = request.uri();
        if (!uri.hasAuthority()) {
            return host == null ? null : asked(host.getValue());
        }
        if (uri.getUser() != null || uri.getPort() == 0 || (host == null && request.protocol() == Protocol.HTTP_1_1)) {
            return null;
        }
        var target = asked(uri.getAuthority());
        if (target == null || host == null || host.getValue().equals(target.text)) {
            return target;
        }
        var other = Authority.parse(host.getValue());
        return other != null && other.agreesWith(target.authority) ? target : null;
    }

    private @Nullable Asked asked(String text) {
        int hash = text.hashCode();
        int slot = (hash ^ (hash >>> 16)) & (REMEMBERED - 1);
        var remembered = asked[slot];
        if (remembered != null && remembered.text.equals(text)) {
            return remembered;
        }
        var authority = Authority.parse(text);
        if (authority == null) {
            return null;
        }
        var fresh = new Asked(text, authority, sites.find(authority.host()));
        if (fresh.site != null) {
            asked[slot] = fresh;
        }
        return fresh;
    }

    /// Whether the handshake named exactly this host: one name of a wildcard app does not stand for another.
    private static boolean isServerName(ClientConnection connection, String host) {
        var name = connection.serverName();
        if (name == null) {
            return false;
        }
        int length = name.endsWith(".") ? name.length() - 1 : name.length();
        return host.length() == length && host.regionMatches(true, 0, name, 0, length);
    }

    private static Decision redirect(AppConfig app, String host, int port, RequestHead request) {
        var authority = port == HTTPS_PORT ? host : host + ":" + port;
        boolean safe = request.method().equals("GET") || request.method().equals("HEAD");
        return new Decision.Redirect(
                app,
                "https://" + authority + RequestTarget.asReceived(request.uri()),
                safe ? MOVED : MOVED_WITH_METHOD);
    }

    /// Only HTTP/1.0 may do without Host (RFC 9112 §3.2); over TLS it would contradict the name of the handshake.
    private static boolean isNameless(RequestHead request) {
        return request.protocol() == Protocol.HTTP_1_0
                && !request.connection().secure()
                && !request.uri().hasAuthority()
                && !request.fields().contains(HttpHeader.HOST);
    }

    private static Decision refuseTarget(RequestHead request) {
        var fault = RequestTarget.fault(request.method(), request.uri());
        return switch (fault) {
            case INVALID_METHOD, METHOD_NOT_ALLOWED -> refuse(fault, "method=" + printable(request.method()));
            case null -> refuse(Failure.INVALID_TARGET, "");
            default -> refuse(fault, "target=" + printable(RequestTarget.asReceived(request.uri())));
        };
    }

    private static Decision refuse(Failure failure, String detail) {
        return new Decision.Refuse(null, failure, detail);
    }

    private static String hosts(RequestHead request) {
        var fields = String.join(",", request.fields().getValuesList(HttpHeader.HOST));
        return request.uri().hasAuthority()
                ? fields + " authority=" + request.uri().getAuthority()
                : fields;
    }

    /// What a client sent, fit for a line of a log: short, and without anything that could end or colour it.
    private static String printable(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length() && i < 200; i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c >= 0x7f ? '?' : c);
        }
        return out.toString();
    }

    /// @param text as the client wrote it
    /// @param site null where no app has the name
    private record Asked(
            String text, Authority authority, @Nullable Site site) {}

    /// An app with the answers that lead to its routes.
    private record Site(AppConfig app, PathTable<Decision.Forward> byName, PathTable<Decision.Forward> byDefault) {
        static Site of(AppConfig app) {
            return new Site(app, routes(app, false), routes(app, true));
        }

        /// Sites that ask for client certificates are entered by their own name alone: another name's handshake did
        /// not ask.
        boolean isOpenToOtherNames() {
            var tls = app.tls();
            return tls != null && tls.clientAuth() == null;
        }

        private static PathTable<Decision.Forward> routes(AppConfig app, boolean byDefault) {
            var routes = new HashMap<String, Decision.Forward>();
            app.routes().forEach(route -> routes.put(route.path(), new Decision.Forward(app, route, byDefault, false)));
            return new PathTable<>(routes);
        }
    }
}
