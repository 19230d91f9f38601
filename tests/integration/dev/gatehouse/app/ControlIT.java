package dev.gatehouse.app;

import static dev.gatehouse.support.Heads.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.control.Json;
import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `status`, `reload`, `stop` and `explain` with a running proxy.
@Timeout(120)
class ControlIT {
    private static TestOrigin origin;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private ProxyProcess proxy;

    @BeforeAll
    static void startOrigin() {
        origin = TestOrigin.start();
    }

    @AfterAll
    static void stopOrigin() throws IOException {
        origin.close();
    }

    @BeforeEach
    void start() {
        proxy = ProxyProcess.start(ProxyUnderTest.with(AppUnderTest.named("shop", "app.example")
                .route("/", origin.address())
                .route("/map", origin.address())));
        proxy.awaitOutput("started ", 1);
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private int ask(String... words) {
        var arguments = new String[words.length + 2];
        System.arraycopy(words, 0, arguments, 0, words.length);
        arguments[words.length] = "--config";
        arguments[words.length + 1] = proxy.config().toString();
        return run(arguments);
    }

    @Test
    void certsTellsWhereEachCertificateComesFrom() {
        assertThat(ask("certs")).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains("shop: app.example\n")
                .contains("  issuer    CN=Gatehouse Test CA\n")
                .contains("  key       ECDSA P-256\n")
                .contains(" days left\n")
                .contains("  source    " + proxy.directory().resolve("shop.crt") + "\n")
                .doesNotContain("error");

        assertThat(ask("certs", "--json")).isZero();
        var certificate =
                Json.maps(Json.read(out.toString()).get("certificates")).getFirst();
        assertThat(certificate)
                .containsEntry("app", "shop")
                .containsEntry("server_names", List.of("app.example"))
                .containsEntry("source", "file");
    }

    private Map<String, Object> status() {
        assertThat(ask("status", "--json")).as(err.toString()).isZero();
        assertThat(out.toString()).hasLineCount(1);
        return Json.read(out.toString());
    }

    private static Map<String, Object> only(@Nullable Object list) {
        assertThat(Json.maps(list)).hasSize(1);
        return Json.maps(list).getFirst();
    }

    @Test
    void statusTellsWhatThereIs() {
        try (var one = RawHttp1Client.plain(proxy.plain());
                var two = H2RawClient.tls(
                        proxy.tls(), "app.example", ProxyUnderTest.pki().trusting())) {
            assertThat(one.exchange(get("/headers")).status()).isEqualTo(200);
            two.fence();

            var status = status();

            assertThat(status)
                    .containsEntry("ok", true)
                    .containsEntry("pid", proxy.pid())
                    .containsEntry("state", "running")
                    .containsEntry("generation", 1L)
                    .containsEntry("reloads", 0L)
                    .containsEntry("reloads_rejected", 0L)
                    .containsKey("tls_primitives")
                    .containsEntry("config", proxy.config().toString())
                    .containsKeys("version", "started", "uptime_s", "generation_since");
            assertThat(Json.maps(status.get("listeners")))
                    .containsExactlyInAnyOrder(
                            Map.of(
                                    "protocol",
                                    "http",
                                    "address",
                                    "127.0.0.1:" + proxy.plain().getPort()),
                            Map.of(
                                    "protocol",
                                    "https",
                                    "address",
                                    "127.0.0.1:" + proxy.tls().getPort()));
            var app = only(status.get("apps"));
            assertThat(app).containsEntry("name", "shop").containsEntry("server_names", List.of("app.example"));
            assertThat(Json.maps(app.get("routes")))
                    .extracting(route -> route.get("path"))
                    .containsExactly("/", "/map");
            assertThat(only(status.get("upstreams")))
                    .containsEntry("address", origin.address())
                    .containsEntry("connections", 1L)
                    .containsEntry("idle", 1L);
            var certificate = only(status.get("certificates"));
            assertThat(certificate).containsEntry("app", "shop").containsEntry("names", "app.example");
            var left = Duration.between(Instant.now(), Instant.parse((String) certificate.get("not_after")));
            assertThat(certificate).containsEntry("days_left", left.toDays());
            assertThat(Json.map(status.get("connections")))
                    .containsEntry("http1", 1L)
                    .containsEntry("http2", 1L);
        }
        assertThat(ask("status")).isZero();
        assertThat(out.toString())
                .contains(
                        "pid " + proxy.pid(), "generation 1 since", "shop: app.example", "days left", origin.address());
    }

    @Test
    @Tag("TL-12")
    void statusCountsWhoCameToNothing() throws IOException {
        for (int i = 0; i < 3; i++) {
            new Socket(proxy.tls().getAddress(), proxy.tls().getPort()).close();
        }

        // Somebody may have looked already whether the port is open.
        await().untilAsserted(() ->
                assertThat(Json.map(status().get("refused")).get("tls.silent")).isIn(3L, 4L));
        assertThat(ask("status")).isZero();
        assertThat(out.toString()).containsPattern("refused since the start: tls.silent [34]\n");
    }

    @Test
    void reloadWaitsAndTellsTheNewGeneration() throws IOException {
        assertThat(ask("reload")).as(err.toString()).isZero();
        assertThat(out.toString()).isEqualTo("unchanged: generation 1\n");
        Files.writeString(proxy.config(), Files.readString(proxy.config()).replace("/map", "/card"));

        assertThat(ask("reload")).as(err.toString()).isZero();

        assertThat(out.toString()).contains("generation 2");
        var app = only(status().get("apps"));
        assertThat(Json.maps(app.get("routes")))
                .extracting(route -> route.get("path"))
                .containsExactly("/", "/card");
    }

    @Test
    @Tag("CE-03")
    void reloadTellsWhatIsQuestionableAndServesIt() throws IOException {
        Files.writeString(
                proxy.config(),
                Files.readString(proxy.config()).replace("\"app.example\"", "\"app.example\", \"new.example\""));

        assertThat(ask("reload")).as(err.toString()).isZero();

        assertThat(out.toString())
                .contains("warning[cert.name] apps.shop.tls.tls_cert_path: certificate '")
                .contains("' does not cover new.example; it covers app.example")
                .endsWith("reloaded: generation 2\n");
        proxy.awaitOutput("WARN configuration warning reason=config.warning code=cert.name", 1);
    }

    @Test
    void reloadThatIsRefusedTellsTheErrorsAsCheckDoes() throws IOException {
        Files.writeString(
                proxy.config(), Files.readString(proxy.config()).replace("listen_address_v4", "listen_adress_v4"));

        assertThat(ask("reload")).isEqualTo(1);

        var told = out.toString();
        assertThat(told)
                .contains(
                        "config.toml:", "error[config.unknown_key] listen_adress_v4: unknown key", "^", "did you mean");
        assertThat(err.toString()).contains("the running configuration stays: generation 1");
        assertThat(run("check", "-c", proxy.config().toString())).isEqualTo(1);
        assertThat(told).isEqualTo(out.toString());
        assertThat((Long) status().get("reloads_rejected")).isPositive();
    }

    @Test
    void stopDrainsAndWaitsForTheEnd() {
        try (var client = RawHttp1Client.plain(proxy.plain())) {
            client.send(get("/gate?gate=stop"));
            origin.awaitRequest("/gate?gate=stop");
            var stopping =
                    Thread.ofVirtual().start(() -> assertThat(ask("stop")).isZero());
            proxy.awaitOutput("stopping reason=shutdown by=\"gatehouse stop\"", 1);
            assertThat(stopping.isAlive()).isTrue();
            origin.gates().open("stop");

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(proxy.awaitExit()).isZero();
            join(stopping);
        }
        assertThat(out.toString()).isEqualTo("stopped, it was pid " + proxy.pid() + "\n");
        assertThat(proxy.output()).contains("stopped drained=true");
        assertThat(proxy.config().resolveSibling("control.sock")).doesNotExist();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void stopNowCutsOffAlsoDuringADrain() {
        try (var client = RawHttp1Client.plain(proxy.plain())) {
            client.send(get("/gate?gate=never-now"));
            origin.awaitRequest("/gate?gate=never-now");
            proxy.signal("TERM");
            proxy.awaitOutput("stopping reason=shutdown", 1);
            assertThat(status()).containsEntry("state", "draining");

            assertThat(ask("stop", "--now")).as(err.toString()).isZero();

            assertThat(proxy.isAlive()).isFalse();
            assertThat(proxy.awaitExit()).isZero();
            assertThat(client.read().status()).isZero();
        }
    }

    @Test
    void withoutAProxyThereIsAClearMessage() {
        assertThat(ask("stop")).isZero();
        for (var command : List.of("status", "reload", "stop")) {
            assertThat(ask(command)).isEqualTo(3);
            assertThat(err.toString())
                    .contains("no proxy is running", "control.sock", "hint: ")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void socketMovesAndGoesWithTheConfiguration() throws IOException {
        var original = Files.readString(proxy.config());
        Files.writeString(proxy.config(), original.replace("\"control.sock\"", "\"other.sock\""));
        assertThat(run(
                        "reload",
                        "--socket",
                        proxy.config().resolveSibling("control.sock").toString()))
                .as(err.toString())
                .isZero();

        assertThat(status()).containsEntry("generation", 2L);
        assertThat(proxy.config().resolveSibling("control.sock")).doesNotExist();

        Files.writeString(proxy.config(), original.replace("\"control.sock\"", "\"off\""));
        proxy.signal("HUP");
        proxy.awaitOutput("generation=3", 1);
        assertThat(ask("status")).isEqualTo(3);
        assertThat(err.toString()).contains("control_socket is \"off\"");
        assertThat(proxy.config().resolveSibling("other.sock")).doesNotExist();
    }

    @Test
    void explainTellsWhatTheRunningProxyWouldDo() {
        var socket = proxy.config().resolveSibling("control.sock").toString();

        assertThat(run("explain", "https://app.example/map/x?q", "--socket", socket))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("is forwarded", "shop", "'app.example' is a server_name of it", "/map", "days left")
                .contains(
                        origin.address(), "asks for     GET /map/x?q", "Host: app.example", "X-Forwarded-Proto: https");

        assertThat(run("explain", "https://nobody.example/", "--json", "--socket", socket))
                .isZero();
        assertThat(Json.read(out.toString()))
                .containsEntry("decision", "refuse")
                .containsEntry("failure", "tls.sni");
    }
}
