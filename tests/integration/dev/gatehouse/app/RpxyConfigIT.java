package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.LogConfig;
import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Received;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.TestOrigin;
import dev.gatehouse.support.TestPki;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// rpxy's complete example runs as it is, but for what is not built yet. For the test its backends are moved to
/// loopback, and its addresses and ports to those that are free.
@Timeout(60)
class RpxyConfigIT {
    private static final Map<String, String> UNBUILT = Map.of(
            "load_balance = \"sticky\"\n",
            "",
            "sticky_cookie_secret = \"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"\n",
            "",
            "health_check = { type = \"http\", path = \"/live\", interval = 5, timeout = 2, expected_status = 204 }\n",
            "",
            ", health_check = true",
            "",
            "acme = true, client_ca_cert_path = \"staff-ca.pem\"",
            "tls_cert_path = \"admin.crt\", tls_cert_key_path = \"admin.key\"");

    private final TestPki pki = ProxyUnderTest.pki();
    private final TestOrigin first = TestOrigin.start();
    private final TestOrigin second = TestOrigin.start();
    private final TestOrigin api = TestOrigin.startTls(TestPki.serving(pki.leaf("127.0.0.1")));
    private final TestOrigin admin = TestOrigin.start();

    private Path directory;

    @BeforeEach
    void makeFiles() throws IOException {
        directory = Files.createTempDirectory("rpxy");
        pki.leaf("shop.example.com").writeTo(directory, "shop");
        pki.leaf("admin.example.com").writeTo(directory, "admin");
    }

    @AfterEach
    void stop() throws IOException {
        first.close();
        second.close();
        api.close();
        admin.close();
    }

    private static String example() throws IOException {
        var text = Files.readString(Path.of("tests/resources/config/rpxy-complete.toml"));
        for (var part : UNBUILT.entrySet()) {
            assertThat(text).contains(part.getKey());
            text = text.replace(part.getKey(), part.getValue());
        }
        return text.substring(0, text.indexOf("[experimental.h3]"));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("config.toml"), text);
    }

    private static String check(Path file, int code) {
        var out = new StringWriter();
        assertThat(Main.run(new PrintWriter(out), new PrintWriter(out), "check", "-c", file.toString()))
                .as(out.toString())
                .isEqualTo(code);
        return out.toString();
    }

    @Test
    void checkAcceptsTheFile() throws IOException {
        var file = write(example()
                .replace("[\"192.0.2.10\", \"192.0.2.11\"]", "\"127.0.0.1\"")
                .replace("listen_address_v6 = \"[2001:db8::10]\"\n", ""));

        assertThat(check(file, ExitCode.OK)).contains(": ok, 2 apps, 3 routes").doesNotContain("error[");
    }

    @Test
    void checkMindsOnlyThatThisHostHasOtherAddresses() throws IOException {
        var report = check(write(example()), ExitCode.CONFIGURATION);

        assertThat(report.lines().filter(line -> line.contains("error[")))
                .isNotEmpty()
                .allMatch(line -> line.contains("error[listen.address]"));
    }

    @Test
    void requestsOfItsAppsArriveAtTheirUpstreams() throws IOException {
        try (var proxy = start(write(example()))) {
            assertThat(get(proxy, Front.H2, "shop.example.com", "/a?b=1", first).target())
                    .isEqualTo("/a?b=1");
            assertThat(first.last().fields().first("Forwarded").orElse(""))
                    .isEqualTo("for=127.0.0.1;proto=https;host=shop.example.com");
            assertThat(first.last().fields().values("X-Forwarded-Port")).containsExactly("443");

            assertThat(get(proxy, Front.H1_TLS, "shop.example.com", "/api/v1/items", api)
                            .target())
                    .isEqualTo("/v1/items");
            assertThat(api.last().fields().values("Host")).containsExactly(api.address());

            assertThat(get(proxy, Front.H2, "admin.example.com", "/x", admin).target())
                    .isEqualTo("/x");
            assertThat(second.requests()).isEmpty();

            try (var client = Front.H1.connect(proxy)) {
                for (var host : new String[] {"shop.example.com", "unknown.example.com"}) {
                    var answer = client.send(Request.get("/a?b=1").to(host));
                    assertThat(answer.status()).isEqualTo(301);
                    assertThat(answer.fields().values("Location")).containsExactly("https://shop.example.com/a?b=1");
                }
            }
        }
    }

    private static Received get(ProxyUnderTest proxy, Front front, String host, String target, TestOrigin origin) {
        try (var client = front.connect(proxy, host, 0)) {
            assertThat(client.send(Request.get(target).to(host)).status()).isEqualTo(200);
        }
        return origin.last();
    }

    private ProxyUnderTest start(Path file) throws IOException {
        var config = Objects.requireNonNull(ConfigReader.read(file).config());
        var log = new LogConfig(LogConfig.Level.INFO, null, false, null, LogConfig.AccessFormat.COMBINED, true);
        return ProxyUnderTest.of(config, List.of(InetAddress.getLoopbackAddress()), log, onLoopback(config));
    }

    private List<AppConfig> onLoopback(GatehouseConfig config) {
        var authority = pki.writeCaTo(directory);
        var places = Map.of(
                "10.1.0.1:9000",
                upstream(first),
                "10.1.0.2:9000",
                upstream(second),
                "api.internal.example:443",
                new UpstreamConfig("127.0.0.1", api.port(), true, true, authority, false),
                "[::1]:9100",
                upstream(admin));
        return config.apps().stream()
                .map(app -> new AppConfig(
                        app.name(),
                        app.serverNames(),
                        app.tls(),
                        app.httpsRedirection(),
                        app.routes().stream()
                                .map(route -> onLoopback(route, places))
                                .toList()))
                .toList();
    }

    private static UpstreamConfig upstream(TestOrigin origin) {
        return new UpstreamConfig("127.0.0.1", origin.port(), true, false, null, false);
    }

    private static RouteConfig onLoopback(RouteConfig route, Map<String, UpstreamConfig> places) {
        return new RouteConfig(
                route.ordinal(),
                route.path(),
                route.replacePath(),
                route.upstreams().stream()
                        .map(upstream -> Objects.requireNonNull(places.get(upstream.address()), upstream.address()))
                        .toList(),
                route.options(),
                route.loadBalance(),
                route.healthCheck(),
                route.timeouts(),
                route.encodedSlash(),
                route.upgrades(),
                route.via());
    }
}
