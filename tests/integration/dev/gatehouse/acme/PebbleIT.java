package dev.gatehouse.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Pebble;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import dev.gatehouse.support.TestPki;
import dev.gatehouse.tls.CertificateCheck;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Certificates from a real ACME server that rejects every other nonce.
@Timeout(300)
class PebbleIT {
    private static final InetSocketAddress PLAIN = ProxyProcess.freeAddress();
    private static final InetSocketAddress TLS = ProxyProcess.freeAddress();

    private static Pebble pebble;
    private static TestOrigin origin;
    private ProxyProcess proxy;

    @BeforeAll
    static void start() {
        pebble = Pebble.start(PLAIN, TLS, Map.of());
        origin = TestOrigin.start();
    }

    @AfterAll
    static void stop() throws Exception {
        pebble.close();
        origin.close();
    }

    @AfterEach
    void stopProxy() {
        proxy.close();
    }

    private void start(AppUnderTest app, String... acme) {
        proxy = ProxyProcess.start(
                ProxyUnderTest.with(AppUnderTest.inFrontOf(origin), app)
                        .acme(pebble.acme())
                        .acme(acme),
                PLAIN,
                TLS);
    }

    private static AppUnderTest automatic(String... names) {
        return AppUnderTest.named("auto", names).automatic().route("/", origin.address());
    }

    /// Waits for a handshake with a certificate of pebble's, and gives that.
    private X509Certificate awaitCertificate(String name) {
        try {
            return await("certificate of " + name)
                    .atMost(Duration.ofSeconds(50))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> certificate(name), found -> found != null);
        } catch (ConditionTimeoutException late) {
            throw new AssertionError(proxy.output() + "\n" + pebble.log(), late);
        }
    }

    private static X509Certificate certificate(String name) throws IOException {
        var factory = TestPki.trusting(pebble.root()).getSocketFactory();
        try (var socket = (SSLSocket)
                factory.createSocket(new java.net.Socket(TLS.getAddress(), TLS.getPort()), name, TLS.getPort(), true)) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } catch (javax.net.ssl.SSLException refused) {
            return null;
        }
    }

    @Test
    @Tag("TL-06")
    @Tag("AC-01")
    void namesOfAnAppGetOneCertificateByAHandshake() throws Exception {
        start(automatic("one.example", "two.example"));

        var certificate = awaitCertificate("one.example");

        assertThat(CertificateCheck.alternativeNames(certificate))
                .containsExactlyInAnyOrder("one.example", "two.example");
        assertThat(certificate.getPublicKey())
                .isInstanceOfSatisfying(
                        ECPublicKey.class,
                        key -> assertThat(key.getParams().getOrder().bitLength())
                                .isEqualTo(256));
        assertThat(certificate("two.example")).isEqualTo(certificate);
        try (var client = RawHttp1Client.tls(TLS, "two.example", TestPki.trusting(pebble.root()))) {
            assertThat(client.exchange("GET / HTTP/1.1\r\nHost: two.example\r\n\r\n")
                            .status())
                    .isEqualTo(200);
        }
        assertThat(proxy.output()).contains("certificate obtained app=auto names=one.example,two.example");
        onlyTheOwnerMayLookIntoTheRegistry();
    }

    private void onlyTheOwnerMayLookIntoTheRegistry() throws IOException {
        try (var files = Files.walk(proxy.directory().resolve("registry"))) {
            var all = files.toList();
            assertThat(all)
                    .hasSizeGreaterThanOrEqualTo(6)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
            assertThat(all)
                    .extracting(file -> file.getFileName().toString())
                    .containsAll(List.of("lock", "account.pem", "account.url", "certificate.pem"));
        }
    }
}
