package dev.gatehouse.faults;

import static dev.gatehouse.support.AppUnderTest.tlsUpstream;
import static dev.gatehouse.support.Inputs.once;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AccessLine;
import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.TestOrigin;
import dev.gatehouse.support.TestPki;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Upstreams behind TLS whose certificate is right, wrong, or missing.
@Timeout(60)
class UpstreamTlsIT {
    private static final TestPki PKI = TestPki.create();

    @TempDir
    static Path directory;

    private static TestOrigin good;
    private static TestOrigin expired;
    private static TestOrigin wrongName;
    private static TestOrigin selfSigned;
    private static TestOrigin plaintext;
    private static TestOrigin mute;
    private static ProxyUnderTest proxy;

    @BeforeAll
    static void start() {
        good = TestOrigin.startTls(TestPki.serving(PKI.leaf("localhost", "127.0.0.1")));
        expired = TestOrigin.startTls(TestPki.serving(PKI.expired("127.0.0.1")));
        wrongName = TestOrigin.startTls(TestPki.serving(PKI.leaf("other.example")));
        selfSigned = TestOrigin.startTls(TestPki.serving(TestPki.stranger().leaf("127.0.0.1")));
        plaintext = TestOrigin.start();
        mute = TestOrigin.mute();
        var ca = "ca_path = \"" + PKI.writeCaTo(directory) + "\"";
        proxy = ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                        .routeWith("/", tlsUpstream(good.address(), ca))
                        .routeWith(
                                "/by-name", tlsUpstream("localhost:" + good.port(), ca), "replace_path = \"/headers\"")
                        .routeWith("/expired", tlsUpstream(expired.address(), ca))
                        .routeWith("/wrong-name", tlsUpstream(wrongName.address(), ca))
                        .routeWith("/self-signed", tlsUpstream(selfSigned.address(), ca))
                        .routeWith("/system-cas", tlsUpstream(good.address()))
                        .routeWith("/no-tls", tlsUpstream(plaintext.address(), ca))
                        .routeWith("/mute", tlsUpstream(mute.address(), ca))
                        .routeWith(
                                "/skipped",
                                tlsUpstream(selfSigned.address(), "insecure_skip_verify = true"),
                                "replace_path = \"/headers\""))
                .timeout("upstream_connect", ofSeconds(1))
                .start();
    }

    @AfterAll
    static void stop() throws IOException {
        proxy.close();
        for (var origin : List.of(good, expired, wrongName, selfSigned, plaintext, mute)) {
            origin.close();
        }
    }

    @Tag("UP-11")
    @EveryProtocol
    void upstreamWithAGoodCertificateIsServed(Front front) {
        try (var client = front.connect(proxy)) {
            assertThat(client.get("/headers").text()).startsWith("GET /headers HTTP/1.1\r\n");
            var echoed = client.send(Request.of("POST", "/echo").body(Body.pattern(300_000), Request.Framing.CHUNKED));
            assertThat(echoed.body().digest()).isEqualTo(Body.pattern(300_000).digest());
            assertThat(client.get("/by-name").text()).startsWith("GET /headers HTTP/1.1\r\n");
        }
    }

    @Tag("UP-11")
    @EveryProtocol
    void expiredCertificateIsBadGateway(Front front) {
        assertThat(failure(front, "/expired", 502).value("cause")).containsIgnoringCase("expired");
    }

    @Tag("UP-11")
    @EveryProtocol
    void certificateForAnotherNameIsBadGateway(Front front) {
        assertThat(failure(front, "/wrong-name", 502).value("cause")).contains("127.0.0.1");
    }

    @Tag("UP-11")
    @EveryProtocol
    void certificateOfAnUnknownAuthorityIsBadGatewayAndTheLogNamesTheKeyThatHelps(Front front) {
        assertThat(failure(front, "/self-signed", 502).value("cause")).contains("ca_path");
        assertThat(failure(front, "/system-cas", 502).value("cause")).contains("ca_path");
    }

    @Tag("UP-11")
    @EveryProtocol
    void upstreamThatSpeaksNoTlsIsBadGateway(Front front) {
        failure(front, "/no-tls", 502);
        assertThat(plaintext.requests()).isEmpty();
    }

    @Tag("UP-11")
    @EveryProtocol
    void upstreamThatNeverAnswersTheHandshakeTimesOut(Front front) {
        failure(front, "/mute", 504);
    }

    @Tag("UP-11")
    @EveryProtocol
    void verificationCanBeTurnedOff(Front front) {
        try (var client = front.connect(proxy)) {
            assertThat(client.get("/skipped").status()).isEqualTo(200);
        }
    }

    @Test
    @Tag("UP-11")
    void nothingOfARequestIsSentBeforeTheCertificateIsVerified() {
        try (var client = Front.H1.connect(proxy)) {
            for (var target : List.of("/expired", "/wrong-name", "/self-signed")) {
                client.post(target, Body.of("secret"));
            }
        }
        for (var origin : List.of(expired, wrongName)) {
            assertThat(origin.requests()).isEmpty();
            assertThat(origin.bytesReceived()).isZero();
        }
    }

    @Tag("UP-03")
    @EveryProtocol
    @Tag("TL-10")
    void bodyUpToTheEndOfTheConnectionIsTruncatedWithoutCloseNotify(Front front) {
        var target = once("/close-delimited-tls-truncated");
        try (var client = front.connect(proxy)) {
            var answer = client.get(target);

            assertThat(answer.ending()).isIn(Ending.CUT, Ending.RESET);
        }
        assertThat(proxy.awaitAccessTo(target).failure()).isEqualTo("up.truncated");
    }

    @EveryProtocol
    void bodyUpToTheEndOfTheConnectionIsCompleteWithCloseNotify(Front front) {
        try (var client = front.connect(proxy)) {
            var answer = client.get("/close-delimited");

            assertThat(answer.isComplete()).isTrue();
            assertThat(answer.text()).isEqualTo("up to the end");
        }
    }

    private static AccessLine failure(Front front, String path, int status) {
        var target = once(path);
        try (var client = front.connect(proxy)) {
            var answer = client.get(target);

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.isComplete()).isTrue();
            // Why is for the administrator, not for the client.
            assertThat(answer.text()).doesNotContainIgnoringCase("certif").doesNotContain("127.0.0.1");
        }
        var line = proxy.awaitAccessTo(target);
        assertThat(line.failure()).isEqualTo("up.tls");
        assertThat(line.value("cause")).isNotEmpty();
        return line;
    }
}
