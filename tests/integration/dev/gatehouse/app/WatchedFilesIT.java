package dev.gatehouse.app;

import static dev.gatehouse.support.Heads.get;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.Heads;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a running proxy makes of files that change, without being told: configuration, certificates, apps that go.
@Timeout(120)
class WatchedFilesIT {
    private static final String OTHER = "other.example";
    private static TestOrigin first;
    private static TestOrigin second;

    private ProxyProcess proxy;
    private String original;

    @BeforeAll
    static void startOrigins() {
        first = TestOrigin.start();
        second = TestOrigin.start();
    }

    @AfterAll
    static void stopOrigins() throws Exception {
        first.close();
        second.close();
    }

    @BeforeEach
    void start() throws IOException {
        proxy = ProxyProcess.start(ProxyUnderTest.with(
                        AppUnderTest.inFrontOf(first),
                        AppUnderTest.named("other", OTHER).route("/", second.address()))
                .timeout("tunnel_drain", ofSeconds(1)));
        original = Files.readString(proxy.config());
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private void save(String text) throws IOException {
        var fresh = Files.writeString(proxy.directory().resolve(".config.toml.new"), text);
        Files.move(fresh, proxy.config(), StandardCopyOption.ATOMIC_MOVE);
    }

    private void saveWithoutOther() throws IOException {
        save(original.substring(0, original.indexOf("[apps.other]")));
        proxy.awaitOutput("reason=config.reloaded generation=2", 1);
    }

    private RawHttp1Client plain() {
        return RawHttp1Client.plain(proxy.plain());
    }

    private static String toOther(String target) {
        return Heads.head("GET " + target + " HTTP/1.1", "Host: " + OTHER);
    }

    private BigInteger shown(String serverName) throws IOException {
        try (var client =
                RawHttp1Client.tls(proxy.tls(), serverName, ProxyUnderTest.pki().trusting())) {
            return ((X509Certificate) client.tls().getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }

    @Test
    @Tag("CF-04")
    void savedConfigurationServes() throws IOException {
        save(original.replace(first.address(), second.address()));
        proxy.awaitOutput("reason=config.reloaded generation=2", 1);
        try (var client = plain()) {
            assertThat(client.exchange(get("/headers?saved")).status()).isEqualTo(200);
        }
        second.awaitRequest("/headers?saved");
    }

    @Test
    @Tag("CF-01")
    @Tag("CF-02")
    @Tag("CF-03")
    void brokenConfigurationsAreToldOnceAndChangeNothing() throws IOException {
        int told = 0;
        for (var broken : new String[] {
            "",
            "\u0000\u0001",
            original + "\ntls_cert_pth = 1\n",
            original.replace("listen_port_tls = ", "listen_port_tls = 7000"),
            original + original
        }) {
            int before = told;
            save(broken);
            await().until(() -> lines("the running configuration stays") > before);
            told = lines("the running configuration stays");
        }
        assertThat(told).isEqualTo(5);
        try (var client = plain()) {
            assertThat(client.exchange(get("/headers")).status()).isEqualTo(200);
        }
        save(original.replace(first.address(), second.address()));
        proxy.awaitOutput("reason=config.reloaded generation=2", 1);
        assertThat(lines("the running configuration stays")).isEqualTo(5);
    }

    private int lines(String text) {
        return proxy.output().split(text, -1).length - 1;
    }

    @Test
    @Tag("CE-02")
    void pairThatIsReplacedFileByFileServesOnceBothMatch() throws Exception {
        var files = ProxyUnderTest.pki().leaf("app.example").writeTo(proxy.directory(), "fresh");
        var before = shown("app.example");
        try (var kept = RawHttp1Client.tls(
                proxy.tls(), "app.example", ProxyUnderTest.pki().trusting())) {
            assertThat(kept.exchange(get("/headers")).status()).isEqualTo(200);
            Files.copy(files.certificate(), appFile("certificate"), StandardCopyOption.REPLACE_EXISTING);
            proxy.awaitOutput("reason=cert.pending", 1);
            assertThat(shown("app.example")).isEqualTo(before);

            Files.copy(files.key(), appFile("key"), StandardCopyOption.REPLACE_EXISTING);
            await().until(() -> !shown("app.example").equals(before));
            assertThat(kept.exchange(get("/headers")).status()).isEqualTo(200);
        }
        assertThat(shown(OTHER)).isNotEqualTo(before);
    }

    private Path appFile(String what) {
        var key = what.equals("key") ? "tls_cert_key_path = \"" : "tls_cert_path = \"";
        var at = original.indexOf(key, original.indexOf("[apps.app]")) + key.length();
        return Path.of(original.substring(at, original.indexOf('"', at)));
    }

    @Test
    @Tag("CE-04")
    @Tag("CE-05")
    void certificateThatVanishesIsServedOnAndHoldsNothingElseUp() throws Exception {
        var before = shown("app.example");
        Files.delete(appFile("key"));
        proxy.awaitOutput("reason=cert.gone", 1);
        assertThat(shown("app.example")).isEqualTo(before);

        save(original.replace(second.address(), first.address()));
        proxy.awaitOutput("reason=config.reloaded generation=2", 1);
        try (var client = plain()) {
            assertThat(client.exchange(toOther("/headers?moved")).status()).isEqualTo(200);
        }
        first.awaitRequest("/headers?moved");
        assertThat(shown("app.example")).isEqualTo(before);
    }

    @Test
    @Tag("CF-08")
    void keptConnectionsOfAnAppThatGoesEndInOrder() throws IOException {
        try (var http1 = plain();
                var http2 =
                        H2RawClient.tls(proxy.tls(), OTHER, ProxyUnderTest.pki().trusting());
                var stays = plain()) {
            assertThat(http1.exchange(toOther("/headers")).status()).isEqualTo(200);
            http2.get(1, OTHER, "/headers");
            assertThat(http2.answer(1).status()).isEqualTo(200);
            assertThat(stays.exchange(get("/headers")).status()).isEqualTo(200);
            saveWithoutOther();

            assertThat(http1.awaitClose().rest().length()).isZero();
            assertThat(http2.awaitClose()).isEqualTo(Frame.NO_ERROR);
            assertThat(stays.exchange(get("/headers")).status()).isEqualTo(200);
        }
        try (var client = plain()) {
            assertThat(client.exchange(toOther("/headers")).status()).isEqualTo(503);
        }
    }

    @Test
    @Tag("CF-08")
    void requestUnderWayIsAnsweredThoughItsAppGoes() throws IOException {
        try (var client = plain()) {
            client.send(Heads.head("POST /discard HTTP/1.1", "Host: " + OTHER, "Content-Length: 10") + "hello");
            second.awaitRequest(request -> request.path().equals("/discard"));
            saveWithoutOther();
            client.send("there");
            var answer = client.read();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).startsWith("10 ");
            assertThat(answer.fields().first("Connection")).hasValue("close");
        }
    }

    @Test
    @Tag("CF-08")
    void tunnelsOfAnAppThatGoesEndWhenTheirTimeIsOver() throws IOException {
        try (var tunnel = plain()) {
            tunnel.send(Heads.head(
                    "GET /websocket HTTP/1.1",
                    "Host: " + OTHER,
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
            assertThat(tunnel.read().status()).isEqualTo(101);
            saveWithoutOther();
            tunnel.send("still");
            assertThat(tunnel.readText(5)).isEqualTo("still");

            assertThat(tunnel.awaitClose().rest().length()).isZero();
        }
    }
}
