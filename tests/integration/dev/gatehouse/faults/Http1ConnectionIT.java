package dev.gatehouse.faults;

import static dev.gatehouse.support.Heads.get;
import static dev.gatehouse.support.Heads.head;
import static dev.gatehouse.support.Heads.post;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp1;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.Inputs;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.Received;
import dev.gatehouse.support.Stage;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP/1 connections that carry something else, switch protocols, or pipeline.
@Timeout(60)
class Http1ConnectionIT {
    @RegisterExtension
    static final Stage STAGE = Stage.plain();

    /// The beginning of a TLS 1.2 record with a ClientHello, enough to be recognised.
    private static final byte[] CLIENT_HELLO =
            "\u0016\u0003\u0001\u0000\u00c8\u0001\u0000\u0000\u00c4\u0003\u0003".getBytes(ISO_8859_1);

    @Test
    @Tag("H1-16")
    void tlsOnThePlainPortIsClosed() {
        var hello = new byte[205];
        System.arraycopy(CLIENT_HELLO, 0, hello, 0, CLIENT_HELLO.length);

        STAGE.rejected().closed(Front.H1, hello, "l4.wrong_proto", 400, 505);
    }

    @Test
    @Tag("H1-16")
    void completeHttp2PrefaceOnThePlainPortIsHttp2() {
        try (var client = H2RawClient.plain(STAGE.proxy().plain())) {
            client.get(1, "app.example", "/headers");

            assertThat(client.answer(1).status()).isEqualTo(200);
        }
    }

    @Test
    @Tag("H1-16")
    void brokenHttp2PrefaceOnThePlainPortIsClosed() {
        int requests = STAGE.origin().requests().size();
        try (var client = RawHttp1Client.plain(STAGE.proxy().plain())) {
            client.send("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\nGET / HTTP/1.1\r\n\r\n");

            // Nothing, or a GOAWAY (RFC 9113 §3.4): no answer of HTTP/1.
            assertThat(client.awaitClose().rest().text()).doesNotStartWith("HTTP/1");
        }
        assertThat(STAGE.origin().requests()).hasSize(requests);
    }

    @Test
    @Tag("H1-16")
    void plainHttpOnTheTlsPortIsToldSoOrClosed() {
        int requests = STAGE.origin().requests().size();
        try (var client = RawHttp1Client.plain(STAGE.proxy().tls())) {
            client.send(get("/headers"));
            var rest = client.awaitClose().rest().text();

            // Either a readable answer, or nothing, or an alert record; never a forwarded request.
            assertThat(rest).matches("(?s)|HTTP/1\\.1 400 .*|\u0015.*");
        }
        assertThat(STAGE.origin().requests()).hasSize(requests);
    }

    @Test
    @Tag("H1-16")
    void garbageOnTheTlsPortIsClosed() {
        try (var client = RawHttp1Client.plain(STAGE.proxy().tls())) {
            client.send("\u0000\u0001\u0002\u0003garbage, no line end");

            assertThat(client.awaitClose().rest().text()).doesNotStartWith("HTTP");
        }
    }

    @ParameterizedTest(name = "ALPN <{0}>")
    @ValueSource(strings = {"", "http/1.1"})
    @Tag("H2-18")
    void http2OverTlsThatDidNotAgreeOnItIsRefused(String alpn) {
        int requests = STAGE.origin().requests().size();
        var protocols = alpn.isEmpty() ? new String[0] : new String[] {alpn};
        try (var client = RawHttp1Client.tls(
                STAGE.proxy().tls(), "app.example", ProxyUnderTest.pki().trusting(), 0, protocols)) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            client.offer(new Frame(Frame.SETTINGS, 0, 0, new byte[0]).bytes());

            assertThat(client.awaitClose().rest().text()).matches("(?s)HTTP/1\\.1 (400|505) .*");
        }
        assertThat(STAGE.origin().requests()).hasSize(requests);
        assertThat(STAGE.proxy().awaitFailure(0, "l4.wrong_proto").status()).isIn(400, 505);
    }

    static final String[] WEBSOCKET = {
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    };

    @Tag("H1-23")
    @EveryHttp1
    void upgradeToHttp2IsNotForwarded(Front front) {
        int before = STAGE.origin().requests().size();
        try (var client = front.raw(STAGE.proxy())) {
            var answer = client.exchange(get(
                    "/headers",
                    "Connection: Upgrade, HTTP2-Settings",
                    "Upgrade: h2c",
                    "HTTP2-Settings: AAMAAABkAAQAAP__"));

            assertThat(answer.status()).isIn(200, 400);
        }
        assertNoUpgradeForwarded(before);
    }

    @Tag("H1-23")
    @EveryHttp1
    void upgradeThatConnectionDoesNotListIsNotForwarded(Front front) {
        int before = STAGE.origin().requests().size();
        try (var client = front.raw(STAGE.proxy())) {
            var answer = client.exchange(get("/headers", "Upgrade: websocket", "Sec-WebSocket-Version: 13"));

            assertThat(answer.status()).isEqualTo(200);
        }
        assertNoUpgradeForwarded(before);
    }

    static Stream<Arguments> mixedUpgrades() {
        return Inputs.http1("websocket, h2c", "h2c, websocket", "websocket\r\nUpgrade: h2c", "TLS/1.0, HTTP/1.1");
    }

    @Tag("H1-23")
    @ParameterizedTest
    @MethodSource("mixedUpgrades")
    void nothingButWebsocketIsOfferedToTheUpstream(Front front, String protocols) {
        int before = STAGE.origin().requests().size();
        try (var client = front.raw(STAGE.proxy())) {
            var answer = client.exchange(get("/headers", "Connection: Upgrade", "Upgrade: " + protocols));

            assertThat(answer.status()).isIn(200, 400);
        }
        var requests = STAGE.origin().requests();
        for (var request : requests.subList(before, requests.size())) {
            assertThat(request.fields().values("Upgrade")).isSubsetOf("websocket");
        }
    }

    private static void assertNoUpgradeForwarded(int before) {
        var requests = STAGE.origin().requests();
        for (var request : requests.subList(before, requests.size())) {
            assertThat(request.fields().names()).doesNotContain("Upgrade", "HTTP2-Settings");
        }
    }

    @Tag("H1-24")
    @EveryHttp1
    void switchThatNobodyAskedForIsBadGateway(Front front) {
        int logged = STAGE.proxy().accessLines().size();
        try (var client = front.raw(STAGE.proxy())) {
            assertThat(client.exchange(get("/101-unasked")).status()).isEqualTo(502);
        }
        STAGE.proxy().awaitFailure(logged, "up.bad_101");
    }

    @Tag("H1-24")
    @EveryHttp1
    void bytesBehindAnUpgradeWaitForTheSwitch(Front front) {
        var early = get("/smuggled-behind-upgrade");
        try (var client = front.raw(STAGE.proxy())) {
            client.send(get("/websocket", WEBSOCKET) + early);

            assertThat(client.read().status()).isEqualTo(101);
            assertThat(client.readText(early.length())).isEqualTo(early);
        }
        assertThat(STAGE.origin().requests())
                .noneMatch(request -> request.target().equals("/smuggled-behind-upgrade"));
    }

    @Tag("H1-24")
    @EveryHttp1
    void bytesBehindARefusedUpgradeAreNoRequest(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(get("/headers?no-switch", WEBSOCKET) + get("/smuggled-behind-refusal"));

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.awaitClose().rest().text()).isEmpty();
        }
        assertThat(STAGE.origin().requests())
                .noneMatch(request -> request.target().equals("/smuggled-behind-refusal"));
    }

    @Tag("H1-25")
    @EveryHttp1
    void continueIsRelayedWhenTheUpstreamWantsTheBody(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post("/expect?answer=100", "Content-Length: 5", "Expect: 100-continue"));
            assertThat(client.readText("HTTP/1.1 100 ".length())).isEqualTo("HTTP/1.1 100 ");
            readRestOfInterim(client);
            client.send("hello");

            assertThat(client.read().status()).isEqualTo(200);
        }
        assertThat(STAGE.origin().last().body().text()).isEqualTo("hello");
    }

    private static void readRestOfInterim(RawHttp1Client client) {
        var seen = new StringBuilder();
        while (seen.indexOf("\r\n\r\n") < 0) {
            seen.append((char) client.readByte());
        }
    }

    @Tag("H1-25")
    @EveryHttp1
    void refusalByTheUpstreamComesInsteadOfContinue(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post("/expect?answer=417", "Content-Length: 5", "Expect: 100-continue"));
            var answer = client.read();

            assertThat(answer.status()).isEqualTo(417);
            assertThat(answer.interims()).isEmpty();
        }
        assertThat(STAGE.origin().last().body().length()).isZero();
    }

    @Tag("H1-25")
    @EveryHttp1
    void continueWithoutABodyIsForwardedAsItIs(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            assertThat(client.exchange(get("/headers", "Expect: 100-continue")).status())
                    .isEqualTo(200);
            client.send(post("/headers", "Expect: 100-CONTINUE", "Content-Length: 0"));
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    static Stream<Arguments> unknownExpectations() {
        return Inputs.http1("bananas", "100-continue, bananas", "x 100-continue", "100-continue=1", "\"100-continue\"");
    }

    @Tag("H1-25")
    @ParameterizedTest
    @MethodSource("unknownExpectations")
    void unknownExpectationFails(Front front, String expectation) {
        STAGE.rejected().answered(front, post("/", "Content-Length: 5", "Expect: " + expectation), "h1.expect", 417);
    }

    @Tag("H1-27")
    @EveryHttp1
    void aThousandPipelinedRequestsAreServedInOrder(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            var all = new StringBuilder();
            for (int i = 0; i < 1000; i++) {
                all.append(get("/headers?pipelined=" + i));
            }
            var writer = Thread.ofVirtual().start(() -> client.send(all.toString()));
            for (int i = 0; i < 1000; i++) {
                assertThat(client.read().text()).startsWith("GET /headers?pipelined=" + i + " HTTP");
            }
            assertThat(writer.isAlive()).isFalse();
        }
        // One after the other: a queue of requests at the upstream would need several connections.
        assertThat(STAGE.origin().requests().stream()
                        .filter(request -> request.target().startsWith("/headers?pipelined="))
                        .map(Received::connection)
                        .distinct())
                .hasSizeLessThanOrEqualTo(2);
    }

    @Tag("H1-27")
    @EveryHttp1
    void nothingBehindABadRequestIsParsed(Front front) {
        STAGE.rejected()
                .refused(front, get("/", "X-A : b") + get("/smuggled") + get("/smuggled"), "h1.hdr_syntax", 400);
        STAGE.rejected()
                .refused(
                        front,
                        post("/", "Content-Length: 5", "Transfer-Encoding: chunked") + get("/smuggled"),
                        "h1.cl_te",
                        400);
    }

    @Tag("H1-27")
    @EveryHttp1
    void badRequestBehindAGoodOneGetsItsOwnAnswer(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(get("/headers?good")
                    + head("GET / HTTP/1.1", "Host: app.example", "X-A : b")
                    + get("/smuggled-behind-bad"));

            assertThat(client.read().text()).startsWith("GET /headers?good");
            assertThat(client.read().status()).isEqualTo(400);
            var closing = client.awaitClose();
            assertThat(closing.ending()).isEqualTo(Ending.CLOSED);
            assertThat(closing.rest().text()).isEmpty();
        }
        assertThat(STAGE.origin().requests())
                .noneMatch(request -> request.target().equals("/smuggled-behind-bad"));
    }

    @Tag("H1-29")
    @EveryHttp1
    void answerIsStillSentToAClientThatHasFinishedSending(Front front) {
        var gate = "half-closed-" + front;
        try (var client = front.raw(STAGE.proxy())) {
            client.send(get("/gate?gate=" + gate));
            client.finish();
            STAGE.origin().awaitRequest("/gate?gate=" + gate);
            STAGE.origin().gates().open(gate);

            var answer = client.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("hello, world\n");
            assertThat(client.awaitClose().ending()).isEqualTo(Ending.CLOSED);
        }
    }

    @Tag("H1-29")
    @EveryHttp1
    void resetInAnUploadReachesTheUpstream(Front front) {
        var target = "/discard?reset-in-upload=" + front;
        Received request;
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post(target, "Content-Length: 1000000") + "the beginning");
            request = STAGE.origin().awaitRequest(target);
            client.reset();
        }
        assertThat(request.connectionEnd(Limits.SOON)).isIn(Ending.CUT, Ending.RESET);
        assertAborted(target);
    }

    @Tag("H1-29")
    @EveryHttp1
    void finInTheMiddleOfAnUploadReachesTheUpstream(Front front) {
        var target = "/discard?fin-in-upload=" + front;
        Received request;
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post(target, "Content-Length: 1000000") + "the beginning");
            request = STAGE.origin().awaitRequest(target);
        }
        assertThat(request.connectionEnd(Limits.SOON)).isIn(Ending.CUT, Ending.RESET);
        assertAborted(target);
    }

    @Tag("H1-29")
    @EveryHttp1
    void resetInADownloadReachesTheUpstream(Front front) {
        var target = "/bytes?n=10000000000&reset-in-download=" + front;
        Received request;
        try (var client = front.raw(STAGE.proxy())) {
            client.send(get(target));
            client.readText(100_000);
            request = STAGE.origin().awaitRequest(target);
            client.reset();
        }
        assertThat(request.connectionEnd(Limits.SOON)).isIn(Ending.CUT, Ending.RESET, Ending.CLOSED);
        assertAborted(target);
    }

    @Tag("H1-29")
    @EveryHttp1
    void resetBeforeTheAnswerReachesTheUpstream(Front front) {
        var target = "/silent?reset-before-answer=" + front;
        Received request;
        try (var client = front.raw(STAGE.proxy())) {
            client.send(get(target));
            request = STAGE.origin().awaitRequest(target);
            client.reset();
        }
        assertThat(request.connectionEnd(Limits.SOON)).isIn(Ending.CUT, Ending.RESET, Ending.CLOSED);
        assertAborted(target);
    }

    private static void assertAborted(String target) {
        var line = STAGE.proxy()
                .awaitAccess("aborted request", logged -> logged.value("target").equals(target));
        assertThat(line.failure()).isEqualTo("client.abort");
        assertThat(line.status()).isEqualTo(499);
    }

    @Test
    @Tag("H1-29")
    void proxyStillServesAfterwards() {
        try (var client = Front.H1.raw(STAGE.proxy()).patience(Duration.ofSeconds(5))) {
            assertThat(client.exchange(get("/headers")).status()).isEqualTo(200);
        }
    }
}
