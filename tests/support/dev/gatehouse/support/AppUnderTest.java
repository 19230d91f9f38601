package dev.gatehouse.support;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One `[apps.NAME]` for [ProxyUnderTest], written as the TOML that an administrator would write.
public final class AppUnderTest {
    private final String name;
    private final List<String> serverNames;
    private final List<String> routes = new ArrayList<>();
    private boolean plainOnly;
    private boolean redirects;
    private boolean automatic;
    private final List<String> tlsLines = new ArrayList<>();
    private TestPki.@Nullable Identity identity;

    private AppUnderTest(String name, List<String> serverNames) {
        this.name = name;
        this.serverNames = serverNames;
    }

    /// An app of one or more names, over plaintext and TLS, without routes.
    public static AppUnderTest named(String name, String... serverNames) {
        return new AppUnderTest(name, List.of(serverNames));
    }

    /// The app `app` for `app.example`, everything to one origin.
    public static AppUnderTest inFrontOf(TestOrigin origin) {
        return named("app", "app.example").route("/", origin.address());
    }

    /// A route to plaintext upstreams.
    public AppUnderTest route(String path, String... locations) {
        return routeWith(path, upstreams(locations));
    }

    /// A route with further lines of TOML (`upstream` among them).
    public AppUnderTest routeWith(String path, String... lines) {
        routes.add("[[apps." + name + ".reverse_proxy]]\npath = \"" + path + "\"\n" + String.join("\n", lines) + "\n");
        return this;
    }

    /// The line `upstream = [...]`.
    public static String upstreams(String... locations) {
        return Stream.of(locations)
                .map(location -> "{ location = \"" + location + "\" }")
                .collect(Collectors.joining(", ", "upstream = [", "]"));
    }

    /// The line `upstream = [...]` of one TLS upstream with further pairs: `ca_path = "..."`.
    public static String tlsUpstream(String location, String... pairs) {
        return "upstream = [{ location = \"" + location + "\", tls = true"
                + Stream.of(pairs).map(pair -> ", " + pair).collect(Collectors.joining()) + " }]";
    }

    /// Serves it over plaintext only.
    public AppUnderTest plainOnly() {
        plainOnly = true;
        return this;
    }

    /// Redirects plaintext requests to https.
    public AppUnderTest redirecting() {
        redirects = true;
        return this;
    }

    /// Gets its certificate by ACME, which the setup configures.
    public AppUnderTest automatic() {
        automatic = true;
        return this;
    }

    /// Asks clients for a certificate.
    public AppUnderTest clientCa(Path pem) {
        return tls("client_ca_cert_path = \"" + pem + "\"");
    }

    /// A further line of its `tls` table.
    public AppUnderTest tls(String line) {
        tlsLines.add(line);
        return this;
    }

    /// Serves this certificate instead of a new ECDSA one.
    public AppUnderTest identity(TestPki.Identity certificate) {
        identity = certificate;
        return this;
    }

    /// Writes its certificate to `directory` and returns its tables.
    String toml(Path directory, TestPki pki) {
        var toml = new StringBuilder("[apps." + name + "]\n");
        toml.append("server_name = ")
                .append(serverNames.stream()
                        .map(serverName -> '"' + serverName + '"')
                        .collect(Collectors.joining(", ", "[", "]\n")));
        if (!plainOnly) {
            toml.append("[apps." + name + ".tls]\n");
            if (automatic) {
                toml.append("acme = true\n");
            } else {
                var chosen = identity != null ? identity : pki.leaf(serverNames.toArray(String[]::new));
                var files = chosen.writeTo(directory, name);
                toml.append("tls_cert_path = \"").append(files.certificate()).append("\"\n");
                toml.append("tls_cert_key_path = \"").append(files.key()).append("\"\n");
            }
            toml.append("https_redirection = ").append(redirects).append('\n');
            tlsLines.forEach(line -> toml.append(line).append('\n'));
        }
        routes.forEach(toml::append);
        return toml.toString();
    }
}
