package dev.gatehouse.faults;

import static dev.gatehouse.support.Inputs.once;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.Program;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.SystemLogFile;
import dev.gatehouse.support.TestPki;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `[tls]` and what apps have instead, with openssl as the client.
@Timeout(120)
class TlsPolicyIT {
    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(
                    AppUnderTest.named("app", "app.example")
                            .tls("hsts = true")
                            .route("/", origin.address())
                            .route("/down", "127.0.0.1:1"),
                    AppUnderTest.named("loose", "loose.example")
                            .tls("min_version = \"1.2\"")
                            .tls("groups = [\"secp384r1\", \"secp256r1\"]")
                            .tls("suites = [\"TLS_AES_256_GCM_SHA384\", \"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384\"]")
                            .tls("alpn = [\"http/1.1\"]")
                            .tls("hsts = { max_age = 60, include_subdomains = true }")
                            .route("/", origin.address()),
                    AppUnderTest.named("two", "two.example")
                            .tls("alpn = [\"h2\"]")
                            .identity(ProxyUnderTest.pki().leaf(TestPki.Kind.RSA, "two.example"))
                            .route("/", origin.address()))
            .tls("min_version = \"1.3\"")
            .tls("groups = [\"x25519\", \"secp256r1\"]"));

    private static String ask(String name, String... more) {
        var arguments = new ArrayList<>(List.of(
                "s_client", "-connect", "127.0.0.1:" + STAGE.proxy().tls().getPort(), "-servername", name, "-ign_eof"));
        arguments.addAll(List.of(more));
        var request = "GET " + once("/headers") + " HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n";
        return Program.run(request, "openssl", arguments).output();
    }

    @Test
    @Tag("TL-02")
    void versionsBelowTheLowestAreRefused() {
        assertThat(ask("app.example", "-tls1_2"))
                .contains("SSL alert number 70")
                .doesNotContain("HTTP/1.1 200");
        assertThat(LOG.await("tls.version")).contains("sni=app.example");
        assertThat(ask("app.example", "-tls1_3")).contains("HTTP/1.1 200");
        assertThat(ask("loose.example", "-tls1_2")).contains("HTTP/1.1 200");
    }

    @Test
    @Tag("TL-03")
    void groupsAreAgreedOnInOurOrderAndOthersRefused() {
        assertThat(ask("app.example", "-groups", "P-256:X25519")).contains("Server Temp Key: X25519");
        assertThat(ask("loose.example", "-groups", "X25519:P-256:P-384")).contains("Server Temp Key: ECDH, secp384r1");
        assertThat(ask("loose.example", "-groups", "X25519")).contains("SSL alert number 40");
        assertThat(LOG.await("tls.group")).contains("sni=loose.example");
    }

    @Test
    void suitesAreAgreedOnInOurOrderAndOthersRefused() {
        assertThat(ask("loose.example", "-tls1_3")).contains("Cipher is TLS_AES_256_GCM_SHA384");
        assertThat(ask("loose.example", "-tls1_2")).contains("Cipher is ECDHE-ECDSA-AES256-GCM-SHA384");
        assertThat(ask("loose.example", "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"))
                .contains("SSL alert number 40");
    }

    @Test
    @Tag("TL-05")
    void protocolsAreAgreedOnByAppAndClientsWithoutSpeakHttp1() {
        assertThat(ask("loose.example", "-alpn", "h2,http/1.1")).contains("ALPN protocol: http/1.1");
        assertThat(ask("app.example", "-alpn", "http/1.1,h2")).contains("ALPN protocol: h2");
        assertThat(ask("loose.example", "-alpn", "h2")).contains("SSL alert number 120");
        assertThat(ask("two.example")).contains("SSL alert number 120");
        assertThat(ask("two.example", "-alpn", "h2")).contains("ALPN protocol: h2");
    }

    @Test
    void answersOverTlsTellBrowsersToStayThere() {
        try (var client = Front.H1_TLS.connect(STAGE.proxy())) {
            assertThat(client.get("/headers").fields().values("Strict-Transport-Security"))
                    .containsExactly("max-age=31536000");
            // What the upstream says itself stays as it is.
            assertThat(client.get("/strict").fields().values("Strict-Transport-Security"))
                    .containsExactly("max-age=7");
            var broken = client.get("/down");
            assertThat(broken.status()).isEqualTo(502);
            assertThat(broken.fields().values("Strict-Transport-Security")).containsExactly("max-age=31536000");
        }
        try (var client = Front.H2.connect(STAGE.proxy())) {
            assertThat(client.get("/headers").fields().values("Strict-Transport-Security"))
                    .containsExactly("max-age=31536000");
        }
        assertThat(ask("loose.example")).contains("\r\nStrict-Transport-Security: max-age=60; includeSubDomains\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/headers", "/down"})
    void answersOverPlaintextDoNot(String path) {
        try (var client = Front.H1.connect(STAGE.proxy())) {
            assertThat(client.send(Request.get(path)).fields().has("Strict-Transport-Security"))
                    .isFalse();
        }
    }

    @Test
    void appsWithoutTheKeySendNoSuchField() {
        try (var client = RawHttp1Client.plain(STAGE.proxy().plain())) {
            assertThat(client.exchange("GET /headers HTTP/1.1\r\nHost: two.example\r\n\r\n")
                            .fields()
                            .has("Strict-Transport-Security"))
                    .isFalse();
        }
    }
}
