package dev.gatehouse.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes apps of `[apps.NAME]`, and checks what holds between them.
final class AppReading {
    /// Names of one label under which a wildcard is nobody else's.
    private static final Set<String> PRIVATE_SUFFIXES =
            Set.of("localhost", "local", "lan", "home", "internal", "intranet", "test", "example", "invalid", "corp");

    private final Problems problems;
    private final Paths paths;
    private final RouteReading routes;
    private final ClientAuthReading clientAuth;
    private final TlsReading policies;
    private final boolean plaintextPort;
    private final boolean tlsPort;
    private final @Nullable Node acmeTable;
    private final Map<String, String> appPaths = new HashMap<>();
    private final Map<String, String> namePaths = new HashMap<>();

    /// @param acmeTable `[acme]`
    AppReading(
            Problems problems,
            Paths paths,
            RouteReading routes,
            TlsReading policies,
            boolean plaintextPort,
            boolean tlsPort,
            @Nullable Node acmeTable) {
        this.problems = problems;
        this.paths = paths;
        this.routes = routes;
        this.policies = policies;
        this.clientAuth = new ClientAuthReading(problems, paths, tlsPort);
        this.plaintextPort = plaintextPort;
        this.tlsPort = tlsPort;
        this.acmeTable = acmeTable;
    }

    List<AppConfig> apps(Map<String, Node> nodes) {
        var apps = new ArrayList<AppConfig>();
        nodes.forEach((name, node) -> apps.add(app(name, node)));
        return apps;
    }

    private AppConfig app(String name, Node node) {
        var lower = name.toLowerCase(Locale.ROOT);
        if (name.isBlank() || !name.codePoints().allMatch(Words::isPrintable)) {
            problems.error(
                    Code.BAD_VALUE, node.path(), "this name cannot be shown in logs", "letters, digits, hyphens");
        }
        var before = appPaths.putIfAbsent(lower, node.path());
        if (before != null) {
            problems.error(
                    Code.DUPLICATE_NAME,
                    node.path(),
                    "the case of app names does not count, and " + before + " stands at " + problems.at(before),
                    "choose another name");
        }
        var names = serverNames(node);
        var tls = node.sub("tls");
        if (!node.has("tls") && !plaintextPort && tlsPort) {
            problems.error(
                    Code.CONFLICT,
                    node.path(),
                    "without tls this app can only be served over plaintext, and listen_port is not set",
                    "add [" + node.path() + ".tls], or listen_port");
        }
        var its = tls == null ? null : tls(tls, node, names);
        return new AppConfig(
                lower, names, its, tls != null && its != null && redirection(tls, its.clientAuth()), routes(node));
    }

    private List<String> serverNames(Node node) {
        var names = new ArrayList<String>();
        for (var item : node.items("server_name")) {
            var name = node.parse(item, ServerName::parse);
            if (name == null) {
                continue;
            }
            var before = namePaths.putIfAbsent(name, item.path());
            if (before != null) {
                problems.error(
                        Code.DUPLICATE_NAME,
                        item.path(),
                        Words.quote(name) + " is taken by " + before + " at " + problems.at(before),
                        "a name belongs to one app");
                continue;
            }
            var parent = name.startsWith("*.") ? name.substring(2) : null;
            if (parent != null && parent.indexOf('.') < 0 && !PRIVATE_SUFFIXES.contains(parent)) {
                problems.warning(
                        Code.RISKY,
                        item.path(),
                        Words.quote(name) + " covers every name directly under " + Words.quote(parent),
                        "no CA signs a certificate for it");
            }
            if (node.has("tls") && Addresses.v4OrNull(name) != null) {
                problems.warning(
                        Code.UNUSED,
                        item.path(),
                        "clients never send an address as SNI, so over TLS " + Words.quote(name) + " is not reachable",
                        "use a name");
            }
            names.add(name);
        }
        return names;
    }

    private AppTlsConfig tls(Node tls, Node app, List<String> names) {
        var cert = paths.existing(tls, "tls_cert_path");
        var key = paths.existing(tls, "tls_cert_key_path");
        boolean acme = tls.flag("acme");
        for (var name : List.of("tls_cert_path", "tls_cert_key_path")) {
            if (acme && tls.has(name)) {
                problems.error(
                        Code.CONFLICT,
                        tls.path(name),
                        "the certificate comes by ACME: acme = true at " + problems.at(tls.path("acme")),
                        "remove this key, or acme");
            } else if (!acme && !tls.has(name)) {
                problems.error(
                        Code.MISSING_KEY,
                        tls.path(name),
                        "missing",
                        tls.has("acme") ? "or acme = true" : "a certificate needs both paths, or acme = true");
            }
        }
        var challenge = acme ? challenge(tls, app, names) : null;
        if (!acme && tls.has("challenge")) {
            problems.error(Code.CONFLICT, tls.path("challenge"), "only possible with acme = true", "remove it");
        }
        if (!tlsPort) {
            problems.warning(
                    Code.UNUSED,
                    tls.path(),
                    "listen_port_tls is not set, so this app is served over plaintext only",
                    "set listen_port_tls");
        }
        return new AppTlsConfig(cert, key, clientAuth.read(tls), policies.policy(tls), policies.hsts(tls), challenge);
    }

    /// How the names are shown to be ours; checks that this is possible.
    private AcmeChallenge challenge(Node tls, Node app, List<String> names) {
        var table = acmeTable;
        var word = tls.textOrNull("challenge");
        var where = word != null ? tls.path("challenge") : tls.path("acme");
        var challenge = AcmeChallenge.of(
                word != null ? word : table == null ? AcmeChallenge.TLS_ALPN_01.text() : table.text("challenge"));
        if (table == null) {
            problems.error(
                    Code.CONFLICT,
                    tls.path("acme"),
                    "there is no [acme] table with an email",
                    "[acme] email = \"you@example.com\"");
        } else if (challenge == AcmeChallenge.DNS_01 && !table.has("dns_hook")) {
            problems.error(Code.CONFLICT, where, "dns-01 needs dns_hook in [acme]", "name the command, or http-01");
        }
        if (challenge == AcmeChallenge.HTTP_01 && !plaintextPort) {
            problems.error(Code.CONFLICT, where, "http-01 needs listen_port", "set listen_port, or tls-alpn-01");
        }
        for (var name : names) {
            boolean address = Addresses.v4OrNull(name) != null;
            if (address || (name.startsWith("*.") && challenge != AcmeChallenge.DNS_01)) {
                problems.error(
                        Code.CONFLICT,
                        where,
                        "the " + challenge.text() + " challenge gives no certificate for " + Words.quote(name) + " at "
                                + problems.at(app.path("server_name")),
                        address
                                ? "use tls_cert_path and tls_cert_key_path for it"
                                : "challenge = \"dns-01\", or tls_cert_path and tls_cert_key_path");
            }
        }
        return challenge;
    }

    private boolean redirection(Node tls, @Nullable ClientAuthConfig clients) {
        var both = plaintextPort && tlsPort;
        if (tls.has("https_redirection") && !both) {
            problems.error(
                    Code.CONFLICT,
                    tls.path("https_redirection"),
                    "a redirect needs both listen_port and listen_port_tls",
                    "remove it");
        }
        boolean wanted = Objects.requireNonNullElse(tls.flagOrNull("https_redirection"), tlsPort);
        if (both && !wanted && clients != null && clients.required()) {
            problems.warning(
                    Code.CHANGED,
                    tls.path("https_redirection"),
                    "over plaintext no client shows a certificate, so plaintext requests are redirected all the same",
                    "remove it, or client_auth = \"optional\"");
            return true;
        }
        return wanted;
    }

    private List<RouteConfig> routes(Node app) {
        var made = new ArrayList<RouteConfig>();
        var before = new HashMap<String, Node>();
        for (var node : app.entries("reverse_proxy")) {
            var path = routes.path(node);
            made.add(routes.route(node, Objects.requireNonNullElse(path, "/")));
            var first = path == null ? null : before.putIfAbsent(path, node);
            if (path != null && first != null) {
                problems.error(
                        Code.DUPLICATE_PATH,
                        pathOf(node),
                        "the path " + Words.quote(path) + " is taken by " + first.path() + " at "
                                + problems.at(pathOf(first)),
                        node.has("path") ? "each path needs one entry" : "only one entry can do without a path");
            }
        }
        return made;
    }

    private static String pathOf(Node route) {
        return route.has("path") ? route.path("path") : route.path();
    }

    /// Whether an app with `load_balance = "sticky"` is among them, and where.
    static @Nullable String stickyPath(Map<String, Node> nodes) {
        for (var app : nodes.values()) {
            for (var route : app.entries("reverse_proxy")) {
                if (route.text("load_balance").equals(LoadBalance.STICKY.text())) {
                    return route.path("load_balance");
                }
            }
        }
        return null;
    }
}
