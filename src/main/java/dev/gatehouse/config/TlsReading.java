package dev.gatehouse.config;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Makes what `[tls]` says, and what apps have instead.
final class TlsReading {
    private static final long YEAR_SECONDS = 31_536_000;

    private final Problems problems;
    private final Node general;

    /// @param written `[tls]`; null where the file has none
    TlsReading(Problems problems, @Nullable Node written) {
        this.problems = problems;
        this.general = written != null ? written : new Node(Keys.table("tls"), null, "tls", problems);
        policy(general, TlsPolicy.DEFAULTS);
    }

    TlsConfig config() {
        return new TlsConfig(
                TlsConfig.Primitives.valueOf(general.text("primitives").toUpperCase(Locale.ROOT)),
                general.integer("handshakes_per_second"),
                general.integer("handshakes_per_second_per_ip"));
    }

    /// The policy of an app.
    TlsPolicy policy(Node app) {
        return policy(app, policy(general, TlsPolicy.DEFAULTS, false));
    }

    private TlsPolicy policy(Node node, TlsPolicy otherwise) {
        return policy(node, otherwise, true);
    }

    private TlsPolicy policy(Node node, TlsPolicy otherwise, boolean tell) {
        var version = node.textOrNull("min_version");
        var groups = words(node, "groups", otherwise.groups());
        var suites = words(node, "suites", otherwise.suites());
        var alpn = words(node, "alpn", otherwise.alpn());
        if (tell && node.has("suites") && suites.stream().noneMatch(suite -> suite.matches("TLS_(AES|CHACHA20)_.*"))) {
            problems.error(
                    Code.CONFLICT,
                    node.path("suites"),
                    "no suite of TLS 1.3 is among them",
                    "\"TLS_AES_128_GCM_SHA256\"");
        }
        return new TlsPolicy(
                version == null ? otherwise.tls12() : version.equals("1.2"),
                groups,
                suites,
                alpn.isEmpty() ? otherwise.alpn() : alpn);
    }

    private static List<String> words(Node node, String name, List<String> otherwise) {
        var words = node.items(name).stream().map(Node.Item::value).distinct().toList();
        return words.isEmpty() ? otherwise : words;
    }

    /// Null where the app sends no such field.
    @Nullable
    HstsConfig hsts(Node app) {
        var node = app.sub("hsts");
        if (node == null) {
            return null;
        }
        long maxAge = node.number("max_age");
        boolean subdomains = node.flag("include_subdomains");
        boolean preload = node.flag("preload");
        if (preload && (!subdomains || maxAge < YEAR_SECONDS)) {
            problems.error(
                    Code.CONFLICT,
                    node.path("preload"),
                    "browsers' lists take only sites with include_subdomains and a max_age of a year",
                    "include_subdomains = true, max_age = " + YEAR_SECONDS);
        }
        return new HstsConfig(maxAge, subdomains, preload);
    }
}
