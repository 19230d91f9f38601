package dev.gatehouse.config;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlTable;

/// Makes a whole configuration of the outermost table. What it makes is only of use when no error was reported.
final class RootReading {
    private static final int MAX_LISTED_APPS = 10;
    /// What `sockaddr_un` has room for.
    private static final int LONGEST_SOCKET = 107;

    private static final URI LETS_ENCRYPT_STAGING =
            URI.create("https://acme-staging-v02.api.letsencrypt.org/directory");

    private final Path file;
    private final Problems problems;
    private final Paths paths;
    private final Node root;
    private final @Nullable Node experimental;
    private final TrustReading trust;

    /// @param file absolute
    RootReading(Path file, Path workingDirectory, TomlTable table, Problems problems) {
        this.file = file;
        this.problems = problems;
        this.paths =
                new Paths(Objects.requireNonNullElse(file.getParent(), workingDirectory), workingDirectory, problems);
        this.root = new Node(Keys.ROOT, table, "", problems);
        this.experimental = root.sub("experimental");
        this.trust = new TrustReading(problems, root);
    }

    GatehouseConfig read() {
        var acmeNode = once("acme") ? Objects.requireNonNull(experimental).sub("acme") : root.sub("acme");
        var spans = new TimeoutsReading(problems);
        var timeouts = spans.file(
                root.sub("timeouts"),
                Duration.ofSeconds(experimental == null ? 0 : experimental.number("connection_handling_timeout")));
        var tls = new TlsReading(problems, root.sub("tls"));
        var appNodes = root.named("apps");
        var apps = new AppReading(
                        problems,
                        paths,
                        new RouteReading(problems, paths, timeouts),
                        tls,
                        root.has("listen_port"),
                        root.has("listen_port_tls"),
                        acmeNode)
                .apps(appNodes);
        var listen = new ListenReading(root, problems).config();
        var features = new FeatureReading(file, problems, paths, root, trust);
        if (root.has("listen_port_tls")
                && !apps.isEmpty()
                && appNodes.values().stream().noneMatch(app -> app.has("tls"))) {
            problems.warning(
                    Code.UNUSED,
                    "listen_port_tls",
                    "no app has a certificate, so every TLS handshake will be refused",
                    "add [apps.NAME.tls]");
        }
        return new GatehouseConfig(
                file,
                listen,
                limits(),
                timeouts,
                tls.config(),
                log(),
                control(),
                trust.networks(root, "trusted_forwarded_proxies", CidrSet::parse),
                trust.kept(),
                ignoreSni(),
                defaultApp(apps),
                apps,
                stickySecret(AppReading.stickyPath(appNodes)),
                features.http3(feature("h3")),
                features.cache(feature("cache")),
                acme(acmeNode),
                features.proxyProtocol(feature("proxy_protocol")));
    }

    /// A table that may stand at the top level or under `experimental`, but not in both.
    private @Nullable Node feature(String name) {
        var node = once(name) ? Objects.requireNonNull(experimental).sub(name) : root.sub(name);
        if (node != null) {
            problems.notBuilt(node.path(), Unbuilt.of(name));
        }
        return node;
    }

    /// Whether a key that may stand in both places stands under `experimental`; reports it where it stands in both.
    private boolean once(String name) {
        if (experimental == null || !experimental.has(name)) {
            return false;
        }
        if (root.has(name)) {
            problems.error(
                    Code.DUPLICATE_KEY,
                    experimental.path(name),
                    "this is the same as " + root.path(name) + ", which stands at " + problems.at(root.path(name)),
                    "remove one of them");
        }
        return true;
    }

    private boolean ignoreSni() {
        var node = once("ignore_sni_consistency") ? Objects.requireNonNull(experimental) : root;
        boolean ignore = node.flag("ignore_sni_consistency");
        if (ignore) {
            problems.warning(
                    Code.RISKY,
                    node.path("ignore_sni_consistency"),
                    "a client can reach an app through the TLS session of another one",
                    "remove it");
        }
        return ignore;
    }

    private LimitsConfig limits() {
        var clients = ListenReading.number(root.integerOrNull("max_clients"));
        if (clients != null && clients == 0) {
            problems.warning(Code.RISKY, "max_clients", "0 refuses every client", null);
        }
        long body = root.number("request_max_body_size");
        if (body == Sizes.UNLIMITED) {
            problems.warning(Code.RISKY, "request_max_body_size", "request bodies have no limit", "\"1g\"");
        }
        return new LimitsConfig(
                clients,
                root.integer("max_clients_per_ip"),
                root.integerOr("max_requests", 0),
                root.integer("max_requests_per_ip"),
                root.integer("max_requests_per_upstream"),
                root.integer("max_concurrent_streams"),
                body,
                root.integer("request_line_max_size"),
                root.integer("request_header_max_size"),
                root.integer("request_header_max_count"));
    }

    private LogConfig log() {
        var written = root.sub("log");
        var node = written != null ? written : new Node(Keys.table("log"), null, "log", problems);
        return new LogConfig(
                LogConfig.Level.valueOf(node.text("level").toUpperCase(Locale.ROOT)),
                paths.relativeToFile(node, "file"),
                node.flag("access"),
                paths.relativeToFile(node, "access_file"),
                LogConfig.AccessFormat.valueOf(node.text("access_format").toUpperCase(Locale.ROOT)),
                root.flag("redact_query_in_access_log"));
    }

    private ControlConfig control() {
        if ("off".equals(root.textOrNull("control_socket"))) {
            return new ControlConfig(false, null);
        }
        var socket = paths.relativeToFile(root, "control_socket");
        if (socket != null && socket.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET) {
            problems.error(
                    Code.OUT_OF_RANGE,
                    "control_socket",
                    "the path is longer than the " + LONGEST_SOCKET + " bytes that a socket's may have",
                    "\"/run/gatehouse/control.sock\"");
        }
        return new ControlConfig(true, socket);
    }

    private @Nullable String defaultApp(List<AppConfig> apps) {
        var written = root.textOrNull("default_app");
        if (written == null) {
            return null;
        }
        var name = written.toLowerCase(Locale.ROOT);
        var names = apps.stream().map(AppConfig::name).toList();
        if (!names.contains(name)) {
            problems.error(
                    Code.UNKNOWN_APP, "default_app", "there is no app " + Words.quote(written), knownApps(name, names));
        }
        return name;
    }

    /// What the name may have meant; null where there are no apps, or too many to list.
    private static @Nullable String knownApps(String name, List<String> names) {
        var near = Words.didYouMean(name, names);
        if (near != null || names.isEmpty() || names.size() > MAX_LISTED_APPS) {
            return near;
        }
        return "the apps are: " + names.stream().map(Words::quote).distinct().collect(Collectors.joining(", "));
    }

    private @Nullable String stickySecret(@Nullable String stickyRoute) {
        var secret = root.parse("sticky_cookie_secret", RootReading::secret);
        if (stickyRoute != null && !root.has("sticky_cookie_secret")) {
            problems.error(
                    Code.CONFLICT,
                    stickyRoute,
                    "\"sticky\" needs sticky_cookie_secret at the top level",
                    "make one: openssl rand 32 | basenc --base64url | tr -d =");
        }
        if (secret != null && stickyRoute == null) {
            problems.warning(
                    Code.UNUSED,
                    "sticky_cookie_secret",
                    "no route has load_balance = \"sticky\", so nothing is sealed with it",
                    null);
        }
        return stickyRoute == null ? null : secret;
    }

    /// Never shows the secret.
    private static String secret(String text) throws BadValue {
        var hint = "make one: openssl rand 32 | basenc --base64url | tr -d =";
        if (!text.chars().noneMatch(Character::isWhitespace)) {
            throw new BadValue("the secret has white space in it", hint);
        }
        try {
            if (text.indexOf('=') < 0 && Base64.getUrlDecoder().decode(text).length == 32) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the one refusal.
        }
        throw new BadValue("not 32 bytes in base64url without padding", hint);
    }

    private @Nullable AcmeConfig acme(@Nullable Node node) {
        if (node == null) {
            return null;
        }
        var hook = paths.relativeToFile(node, "dns_hook");
        return new AcmeConfig(
                Objects.requireNonNullElse(node.parse("email", RootReading::email), ""),
                directory(node),
                paths.relativeToFile(node, "ca_path"),
                Objects.requireNonNullElse(paths.existing(node, "registry_path"), file),
                hook,
                externalAccount(node),
                node.textOrNull("profile"),
                AcmeKeyType.valueOf(node.text("key_type").toUpperCase(Locale.ROOT)),
                node.integer("max_orders"));
    }

    private URI directory(Node acme) {
        if (acme.flag("staging")) {
            if (acme.has("dir_url")) {
                problems.error(
                        Code.CONFLICT,
                        acme.path("staging"),
                        "staging is that of Let's Encrypt, and there is another dir_url at "
                                + problems.at(acme.path("dir_url")),
                        "remove one of them");
            }
            return LETS_ENCRYPT_STAGING;
        }
        var directory = acme.parse("dir_url", RootReading::directory);
        if (directory != null && directory.getScheme().equals("http")) {
            problems.warning(Code.RISKY, acme.path("dir_url"), "the CA is spoken with in plaintext", "https://");
        }
        return Objects.requireNonNullElse(directory, URI.create(""));
    }

    private AcmeConfig.@Nullable ExternalAccount externalAccount(Node acme) {
        var id = acme.textOrNull("eab_key_id");
        var key = acme.parse("eab_hmac_key", RootReading::hmacKey);
        if (acme.has("eab_key_id") != acme.has("eab_hmac_key")) {
            var there = acme.has("eab_key_id") ? "eab_key_id" : "eab_hmac_key";
            problems.error(
                    Code.CONFLICT,
                    acme.path(there),
                    "eab_key_id and eab_hmac_key belong together",
                    "the CA gives both");
        }
        return id == null || key == null ? null : new AcmeConfig.ExternalAccount(id, key);
    }

    /// Never shows the key.
    private static String hmacKey(String text) throws BadValue {
        try {
            if (Base64.getUrlDecoder().decode(text).length >= 16) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the one refusal.
        }
        throw new BadValue("not a key of 16 bytes or more in base64url", "copy it as the CA gives it");
    }

    private static URI directory(String text) throws BadValue {
        try {
            var uri = URI.create(text);
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the one refusal.
        }
        throw new BadValue(Words.quote(text) + " is not a URL", "\"https://host/path\"");
    }

    private static String email(String text) throws BadValue {
        int at = text.indexOf('@');
        boolean plain = text.chars().allMatch(c -> c > ' ' && c < 0x7f && ",:<>\"".indexOf(c) < 0);
        if (!plain || at < 1 || at != text.lastIndexOf('@') || at == text.length() - 1) {
            throw new BadValue(Words.quote(text) + " is not a mail address", "\"you@example.com\"");
        }
        return text;
    }
}
