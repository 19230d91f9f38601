package dev.gatehouse.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configurations for tests without a file: listens on 8080 and 8443, public port 443, unless said otherwise.
public final class TestConfig {
    public static final UpstreamConfig UPSTREAM = upstream("10.0.0.7", 9000, true);

    private final List<AppConfig> apps = new ArrayList<>();
    private final List<String> trusted = new ArrayList<>();
    private @Nullable String defaultApp;
    private boolean ignoreSniConsistency;
    private final List<String> kept = new ArrayList<>();
    private @Nullable Integer publicHttpsPort = 443;
    private @Nullable Integer publicHttpPort;
    private int routes;

    /// An app with TLS that redirects plaintext.
    public TestConfig secured(List<String> names, RouteConfig... routes) {
        return app(
                names,
                new AppTlsConfig(Path.of("/c.pem"), Path.of("/k.pem"), null, TlsPolicy.DEFAULTS, null, null),
                true,
                routes);
    }

    /// An app with TLS that serves plaintext too.
    public TestConfig both(List<String> names, RouteConfig... routes) {
        return app(
                names,
                new AppTlsConfig(Path.of("/c.pem"), Path.of("/k.pem"), null, TlsPolicy.DEFAULTS, null, null),
                false,
                routes);
    }

    /// An app with TLS that asks for client certificates.
    public TestConfig mutual(List<String> names, RouteConfig... routes) {
        return app(
                names,
                new AppTlsConfig(
                        Path.of("/c.pem"),
                        Path.of("/k.pem"),
                        new ClientAuthConfig(Path.of("/ca.pem"), true, null, List.of(), List.of(), false, false),
                        TlsPolicy.DEFAULTS,
                        null,
                        null),
                true,
                routes);
    }

    /// An app without TLS.
    public TestConfig plain(List<String> names, RouteConfig... routes) {
        return app(names, null, true, routes);
    }

    /// An app whose name is its first server name up to the dot.
    public TestConfig app(
            List<String> names, @Nullable AppTlsConfig tls, boolean httpsRedirection, RouteConfig... routes) {
        var numbered = new ArrayList<RouteConfig>();
        for (var route : routes) {
            numbered.add(new RouteConfig(
                    this.routes++,
                    route.path(),
                    route.replacePath(),
                    route.upstreams(),
                    route.options(),
                    route.loadBalance(),
                    route.healthCheck(),
                    route.timeouts(),
                    route.encodedSlash(),
                    route.upgrades(),
                    route.via()));
        }
        var first = names.getFirst();
        var name = first.substring(0, first.indexOf('.') < 0 ? first.length() : first.indexOf('.'));
        apps.add(new AppConfig(name, names, tls, httpsRedirection, numbered));
        return this;
    }

    public TestConfig defaultApp(String name) {
        defaultApp = name;
        return this;
    }

    public TestConfig ignoreSniConsistency() {
        ignoreSniConsistency = true;
        return this;
    }

    public TestConfig publicHttpsPort(@Nullable Integer port) {
        publicHttpsPort = port;
        return this;
    }

    public TestConfig publicHttpPort(int port) {
        publicHttpPort = port;
        return this;
    }

    public TestConfig keeping(String... forwardingHeaders) {
        kept.addAll(List.of(forwardingHeaders));
        return this;
    }

    public TestConfig trusting(String... networks) {
        trusted.addAll(List.of(networks));
        return this;
    }

    public GatehouseConfig build() {
        return new GatehouseConfig(
                Path.of("/etc/gatehouse/config.toml"),
                new ListenConfig(
                        8080,
                        publicHttpsPort == null ? null : 8443,
                        List.of(InetAddress.getLoopbackAddress()),
                        1024,
                        publicHttpsPort,
                        publicHttpPort),
                new LimitsConfig(512, 0, 0, 0, 0, 64, Long.MAX_VALUE, 8192, 32_768, 100),
                TimeoutsConfig.DEFAULTS,
                TlsConfig.DEFAULTS,
                new LogConfig(LogConfig.Level.INFO, null, false, null, LogConfig.AccessFormat.COMBINED, false),
                new ControlConfig(false, null),
                CidrSet.parse(trusted),
                FieldNames.of(kept),
                ignoreSniConsistency,
                defaultApp,
                apps,
                null,
                null,
                null,
                null,
                null);
    }

    public static RouteConfig route(String path, UpstreamOption... options) {
        return route(path, null, options);
    }

    public static RouteConfig route(String path, @Nullable String replacePath, UpstreamOption... options) {
        return new RouteConfig(
                0,
                path,
                replacePath,
                List.of(UPSTREAM),
                Set.of(options),
                LoadBalance.NONE,
                null,
                TimeoutsConfig.DEFAULTS,
                null,
                Upgrades.ANY,
                true);
    }

    /// The route without Via.
    public static RouteConfig withoutVia(RouteConfig route) {
        return new RouteConfig(
                route.ordinal(),
                route.path(),
                route.replacePath(),
                route.upstreams(),
                route.options(),
                route.loadBalance(),
                route.healthCheck(),
                route.timeouts(),
                route.encodedSlash(),
                route.upgrades(),
                false);
    }

    public static RouteConfig route(String path, EncodedSlash encodedSlash) {
        return new RouteConfig(
                0,
                path,
                null,
                List.of(UPSTREAM),
                Set.of(),
                LoadBalance.NONE,
                null,
                TimeoutsConfig.DEFAULTS,
                encodedSlash,
                Upgrades.ANY,
                true);
    }

    public static UpstreamConfig upstream(String host, int port, boolean portGiven) {
        return new UpstreamConfig(host, port, portGiven, false, null, false);
    }
}
