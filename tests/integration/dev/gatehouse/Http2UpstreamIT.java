package dev.gatehouse;

import static dev.gatehouse.support.AppUnderTest.tlsUpstream;
import static dev.gatehouse.support.AppUnderTest.upstreams;
import static dev.gatehouse.support.Inputs.once;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Fields;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.H2Origin;
import dev.gatehouse.support.H2Origin.Call;
import dev.gatehouse.support.Heads;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.Request.Framing;
import dev.gatehouse.support.TestOrigin;
import dev.gatehouse.support.TestPki;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Routes with `force_http2_upstream`.
@Timeout(120)
class Http2UpstreamIT {
    private static final String FORCED = "upstream_options = [\"force_http2_upstream\"]";
    private static final TestPki PKI = TestPki.create();
    private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();
    private static final CountDownLatch RELEASED = new CountDownLatch(1);

    @TempDir
    static Path directory;

    private static H2Origin origin;
    private static H2Origin narrow;
    private static H2Origin secure;
    private static H2Origin secureHttp1;
    private static TestOrigin http1;
    private static TestOrigin mute;
    private static ProxyUnderTest proxy;

    @BeforeAll
    static void start() {
        origin = H2Origin.start(Http2UpstreamIT::answer);
        narrow = H2Origin.start(Http2UpstreamIT::answer).maxStreams(1);
        secure = H2Origin.startTls(TestPki.serving(PKI.leaf("127.0.0.1")), "h2", Http2UpstreamIT::answer);
        secureHttp1 = H2Origin.startTls(TestPki.serving(PKI.leaf("127.0.0.1")), "", Http2UpstreamIT::answer);
        http1 = TestOrigin.start();
        mute = TestOrigin.mute();
        var ca = "ca_path = \"" + PKI.writeCaTo(directory) + "\"";
        proxy = ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                        .routeWith("/", upstreams(origin.address()), FORCED)
                        .routeWith("/narrow", upstreams(narrow.address()), FORCED)
                        .routeWith("/secure", tlsUpstream(secure.address(), ca), FORCED)
                        .routeWith("/secure-http1", tlsUpstream(secureHttp1.address(), ca), FORCED)
                        .routeWith("/http1", upstreams(http1.address()), FORCED)
                        .routeWith("/mute", upstreams(mute.address()), FORCED)
                        .routeWith("/websocket", upstreams(http1.address()), FORCED))
                .timeout("upstream_connect", ofSeconds(2))
                .start();
    }

    @AfterAll
    static void stop() throws IOException {
        RELEASED.countDown();
        proxy.close();
        for (var one : List.of(origin, narrow, secure, secureHttp1)) {
            one.close();
        }
        http1.close();
        mute.close();
    }

    private static void answer(Call call) throws IOException, InterruptedException {
        var plain = Fields.of("content-type", "text/plain");
        switch (call.path()) {
            case "/echo" -> {
                var body = call.body();
                call.head(200, plain, false).data((body.length() + " " + body.digest()).getBytes(ISO_8859_1), true);
            }
            case "/bytes" -> {
                var content = new ByteArrayOutputStream();
                Body.pattern(Long.parseLong(
                                Objects.requireNonNull(call.target()).split("=")[2]))
                        .writeTo(content, 65_536);
                call.head(200, plain, false).data(content.toByteArray(), true);
            }
            case "/dialogue" -> {
                call.head(200, plain, false);
                for (var piece = call.piece(); piece.length > 0; piece = call.piece()) {
                    call.data(piece, false);
                }
                call.trailers(Fields.of("grpc-status", "0"));
            }
            case "/trailers" -> {
                call.body();
                call.head(200, plain, false).data("hello".getBytes(ISO_8859_1), false);
                call.trailers(call.trailers().with("x-checksum", "abc"));
            }
            case "/hints" ->
                call.head(103, Fields.of("link", "</a.css>"), false)
                        .head(200, plain, false)
                        .data("hello".getBytes(ISO_8859_1), true);
            case "/early" -> {
                call.head(413, plain, false).data("too much".getBytes(ISO_8859_1), true);
                call.reset(Frame.NO_ERROR);
            }
            case "/refused-once" -> {
                if (SEEN.add(call.target())) {
                    call.reset(Frame.REFUSED_STREAM);
                } else {
                    call.head(200, plain, true);
                }
            }
            case "/goaway-once" -> {
                if (SEEN.add(call.target())) {
                    call.connection().goAway(call.stream() - 2, Frame.NO_ERROR);
                } else {
                    call.head(200, plain, true);
                }
            }
            case "/goaway-behind" -> {
                call.head(200, plain, false);
                call.connection().goAway(call.stream(), Frame.NO_ERROR);
                call.data("hello".getBytes(ISO_8859_1), true);
            }
            case "/reset" -> call.reset(Frame.INTERNAL_ERROR);
            case "/reset-once" -> {
                if (SEEN.add(call.target())) {
                    call.reset(Frame.INTERNAL_ERROR);
                } else {
                    call.head(200, plain, true);
                }
            }
            case "/reset-in-body" -> {
                call.head(200, plain, false).data("half".getBytes(ISO_8859_1), false);
                call.reset(Frame.INTERNAL_ERROR);
            }
            case "/closes-in-body" -> {
                call.head(200, plain, false).data("half".getBytes(ISO_8859_1), false);
                call.connection().close();
            }
            case "/short" ->
                call.head(200, Fields.of("content-length", "10"), false).data("half".getBytes(ISO_8859_1), true);
            case "/long" ->
                call.head(200, Fields.of("content-length", "2"), false).data("half".getBytes(ISO_8859_1), true);
            case "/two-lengths" -> call.head(200, Fields.of("content-length", "1", "content-length", "2"), true);
            case "/injected" -> call.head(200, Fields.of("x-a", "a\r\nx-b: b"), true);
            case "/two-heads" -> call.head(200, plain, false).head(200, plain, true);
            case "/head-then-body" -> call.head(200, plain, false).data("body".getBytes(ISO_8859_1), true);
            case "/waits" -> {
                RELEASED.await();
                call.head(200, plain, true);
            }
            case "/silent" -> call.body();
            default -> {
                if (call.method().equals("HEAD")) {
                    call.head(200, Fields.of("content-length", "5"), true);
                } else {
                    call.head(200, plain, false).data("hello".getBytes(ISO_8859_1), true);
                }
            }
        }
    }

    private static Call awaitCall(H2Origin at, String target) {
        return await().until(
                        () -> at.connections().stream()
                                .flatMap(connection -> connection.calls().stream())
                                .filter(call -> call.target().equals(target))
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    private static long attempts(String target) {
        return origin.connections().stream()
                .flatMap(connection -> connection.calls().stream())
                .filter(call -> call.target().equals(target))
                .count();
    }

    @EveryProtocol
    void requestsArriveAsHttp2(Front front) {
        var target = once("/fields");
        try (var client = front.connect(proxy)) {
            var answer =
                    client.send(Request.get(target).with("X-Mixed-Case", "kept").with("Cookie", "a=1"));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("hello");
            assertThat(answer.fields().first("content-type")).hasValue("text/plain");
            assertThat(answer.fields().first("via").orElseThrow()).startsWith("2 gatehouse");
        }
        var call = awaitCall(origin, target);
        assertThat(call.method()).isEqualTo("GET");
        assertThat(call.scheme()).isEqualTo("http");
        assertThat(call.authority()).isEqualTo("app.example");
        assertThat(call.fields().first("x-mixed-case")).hasValue("kept");
        assertThat(call.fields().first("cookie")).hasValue("a=1");
        assertThat(call.fields().first("x-forwarded-for")).isPresent();
        assertThat(call.fields().names())
                .doesNotContain("host", "connection", "transfer-encoding", "keep-alive", "upgrade", "content-length");
    }

    @EveryProtocol
    void oneConnectionServesMany(Front front) {
        try (var client = front.connect(proxy)) {
            client.get(once("/warm"));
            int before = origin.connections().size();
            for (int i = 0; i < 50; i++) {
                assertThat(client.get(once("/again")).text()).isEqualTo("hello");
            }
            assertThat(origin.connections()).hasSize(before);
        }
    }

    @EveryProtocol
    void bodiesArriveWholeBothWays(Front front) {
        try (var client = front.connect(proxy)) {
            for (int size : new int[] {0, 1, 16_383, 16_384, 16_385, 65_535, 65_536, 300_000, 4 << 20}) {
                for (var framing : List.of(Framing.LENGTH, Framing.CHUNKED)) {
                    var target = once("/echo");
                    var up = client.send(Request.of("POST", target).body(Body.pattern(size), framing));
                    assertThat(up.text())
                            .isEqualTo(size + " " + Body.pattern(size).digest());
                    var told = awaitCall(origin, target).fields().values("content-length");
                    assertThat(told).isEqualTo(framing == Framing.LENGTH ? List.of("" + size) : List.of());
                }
                var down = client.get(once("/bytes") + "&size=" + size);
                assertThat(down.isComplete()).isTrue();
                assertThat(down.body().length()).isEqualTo(size);
                assertThat(down.body().digest()).isEqualTo(Body.pattern(size).digest());
            }
        }
    }

    @EveryHttp2
    void bothSidesMayTalkAtOnce(Front front) {
        try (var client = front.frames(proxy)) {
            client.headers(
                    1,
                    false,
                    client.request("POST", "app.example", once("/dialogue")).with("te", "trailers"));
            assertThat(client.head(1).status()).isEqualTo(200);
            for (int i = 1; i <= 5; i++) {
                client.data(1, false, "piece");
                client.awaitBody(1, 5L * i);
            }
            client.data(1, true, "");

            var answer = client.answer(1);
            assertThat(answer.text()).isEqualTo("piece".repeat(5));
            assertThat(answer.trailers().first("grpc-status")).hasValue("0");
        }
    }

    @Tag("UP-13")
    @EveryProtocol
    void trailersPassBothWays(Front front) {
        try (var client = front.connect(proxy)) {
            var answer = client.send(Request.of("POST", once("/trailers"))
                    .with("TE", "trailers")
                    .body(Body.of("x"), Framing.CHUNKED)
                    .trailer("X-Sum", "1"));

            assertThat(answer.text()).isEqualTo("hello");
            assertThat(answer.trailers().first("x-checksum")).hasValue("abc");
            assertThat(answer.trailers().first("x-sum")).hasValue("1");
        }
    }

    @Tag("UP-08")
    @EveryProtocol
    void interimAnswersPass(Front front) {
        try (var client = front.connect(proxy)) {
            var answer = client.get(once("/hints"));

            assertThat(answer.interims()).anyMatch(interim -> interim.status() == 103);
            assertThat(answer.text()).isEqualTo("hello");
        }
    }

    @EveryProtocol
    void answersToHeadHaveALengthAndNoContent(Front front) {
        try (var client = front.connect(proxy)) {
            var answer = client.send(Request.of("HEAD", once("/any")));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.fields().first("content-length")).hasValue("5");
            assertThat(answer.body().length()).isZero();
            assertThat(client.get(once("/any")).text()).isEqualTo("hello");
        }
    }

    @Tag("H2-17")
    @Tag("UP-07")
    @EveryProtocol
    void answerBeforeTheEndOfTheRequestIsASuccess(Front front) {
        try (var client = front.connect(proxy)) {
            var answer = client.post(once("/early"), Body.pattern(8 << 20));

            assertThat(answer.status()).as("%s", answer).isEqualTo(413);
            assertThat(answer.text()).isEqualTo("too much");
        }
    }

    @Tag("H2-17")
    @ParameterizedTest
    @ValueSource(strings = {"/refused-once", "/goaway-once"})
    void whatTheUpstreamDidNotBeginIsRetried(String path) {
        for (var method : List.of("GET", "POST")) {
            var target = once(path);
            try (var client = Front.H1.connect(proxy)) {
                assertThat(client.send(Request.of(method, target)).status()).isEqualTo(200);
            }
            assertThat(attempts(target)).isEqualTo(2);
        }
    }

    @Tag("H2-17")
    @EveryProtocol
    void whatTheUpstreamHadBegunEndsAfterItsGoaway(Front front) {
        try (var client = front.connect(proxy)) {
            assertThat(client.get(once("/goaway-behind")).text()).isEqualTo("hello");
            assertThat(client.get(once("/next")).text()).isEqualTo("hello");
        }
    }

    @Tag("H2-17")
    @Test
    void requestsBeyondTheUpstreamsLimitWaitOrGoElsewhere() throws Exception {
        var answers = new ArrayList<Future<Integer>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 60; i++) {
                answers.add(threads.submit(() -> {
                    try (var client = Front.H1.connect(proxy)) {
                        return client.post(once("/narrow"), Body.pattern(30_000))
                                .status();
                    }
                }));
            }
            for (var answer : answers) {
                assertThat(statusOf(answer)).isEqualTo(200);
            }
        }
    }

    private static int statusOf(Future<Integer> answer) throws InterruptedException, ExecutionException {
        return answer.get();
    }

    @EveryProtocol
    void resetBeforeTheAnswerIs502AndRepeatedOnlyIfIdempotent(Front front) {
        var get = once("/reset-once");
        var post = once("/reset");
        try (var client = front.connect(proxy)) {
            assertThat(client.get(get).status()).isEqualTo(200);
            assertThat(client.post(post, Body.of("x")).status()).isEqualTo(502);
        }
        assertThat(attempts(get)).isEqualTo(2);
        assertThat(attempts(post)).isEqualTo(1);
        assertThat(proxy.awaitAccessTo(post).failure()).isIn("up.reset", "up.reuse_race");
    }

    @Tag("UP-03")
    @EveryProtocol
    void brokenAnswersNeverEndWell(Front front) {
        for (var path : List.of("/reset-in-body", "/closes-in-body", "/short", "/long", "/two-heads")) {
            var target = once(path);
            try (var client = front.connect(proxy)) {
                var answer = client.get(target);

                assertThat(answer.status() == 502 || !answer.isComplete())
                        .as("%s: %s", path, answer)
                        .isTrue();
                assertThat(answer.ending()).as(path).isNotEqualTo(Ending.CLOSED);
            }
            assertThat(proxy.awaitAccessTo(target).failure()).as(path).isIn("up.truncated", "up.framing");
        }
    }

    @Tag("UP-05")
    @Tag("UP-06")
    @EveryProtocol
    void answersThatAreNoneAre502(Front front) {
        for (var path : List.of("/two-lengths", "/injected")) {
            var target = once(path);
            try (var client = front.connect(proxy)) {
                var answer = client.get(target);
                assertThat(answer.status()).as("%s: %s", path, answer).isEqualTo(502);
                assertThat(answer.fields().has("x-b")).isFalse();
            }
            assertThat(proxy.awaitAccessTo(target).failure()).as(path).isIn("up.bad_head", "up.framing");
        }
    }

    @EveryProtocol
    void bodyBehindAHeadRequestIsRefused(Front front) {
        var target = once("/head-then-body");
        try (var client = front.connect(proxy)) {
            var answer = client.send(Request.of("HEAD", target));

            assertThat(answer.body().length()).isZero();
        }
        assertThat(proxy.awaitAccessTo(target).failure()).isIn("up.framing", "up.truncated");
    }

    @Tag("H1-29")
    @EveryProtocol
    void clientThatLeavesEndsTheStream(Front front) {
        var target = once("/waits");
        try (var client = front.multiplexed() ? null : front.raw(proxy);
                var frames = front.multiplexed() ? front.frames(proxy) : null) {
            if (client != null) {
                client.send("GET " + target + " HTTP/1.1\r\nHost: app.example\r\n\r\n");
            } else {
                Objects.requireNonNull(frames).get(1, "app.example", target);
            }
            var call = awaitCall(origin, target);
            if (client != null) {
                client.reset();
            } else {
                Objects.requireNonNull(frames).reset(1, Frame.CANCEL);
            }

            await().untilAsserted(() -> assertThat(call.resetCode()).isEqualTo(Frame.CANCEL));
        }
    }

    @Tag("H2-08")
    @Test
    void clientThatDoesNotReadHoldsUpNobodyElse() {
        try (RawHttp1Client deaf = Front.H1.raw(proxy, 8_192)) {
            var target = once("/bytes") + "&size=" + (64 << 20);
            deaf.send("GET " + target + " HTTP/1.1\r\nHost: app.example\r\n\r\n");
            awaitCall(origin, target);
            try (var client = Front.H1.connect(proxy)) {
                for (int i = 0; i < 20; i++) {
                    assertThat(client.get(once("/beside")).text()).isEqualTo("hello");
                }
            }
        }
    }

    @Tag("UP-11")
    @EveryProtocol
    void tlsAgreesOnHttp2ByAlpn(Front front) {
        try (var client = front.connect(proxy)) {
            var target = once("/secure");
            assertThat(client.get(target).text()).isEqualTo("hello");
            assertThat(awaitCall(secure, target).scheme()).isEqualTo("https");
        }
    }

    @Tag("UP-11")
    @EveryProtocol
    void tlsWithoutHttp2Is502(Front front) {
        var target = once("/secure-http1");
        try (var client = front.connect(proxy)) {
            assertThat(client.get(target).status()).isEqualTo(502);
        }
        assertThat(proxy.awaitAccessTo(target).failure()).isEqualTo("up.tls");
    }

    @EveryProtocol
    void upstreamThatSpeaksOnlyHttp1Is502(Front front) {
        var target = once("/http1");
        try (var client = front.connect(proxy)) {
            assertThat(client.get(target).status()).isIn(502, 504);
        }
        var line = proxy.awaitAccessTo(target);
        assertThat(line.failure()).isEqualTo("up.connect");
        assertThat(line.value("cause")).contains("HTTP/2");
    }

    @EveryProtocol
    void upstreamThatSaysNothingIs504(Front front) {
        var target = once("/mute");
        try (var client = front.connect(proxy)) {
            assertThat(client.get(target).status()).isEqualTo(504);
        }
        assertThat(proxy.awaitAccessTo(target).value("cause")).contains("SETTINGS");
    }

    @Test
    void webSocketsGoOverHttp1() {
        try (var client = Front.H1.raw(proxy)) {
            client.send(Heads.head(
                    "GET /websocket HTTP/1.1",
                    "Host: app.example",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
            assertThat(client.read().status()).isEqualTo(101);
            client.send("ping");
            assertThat(client.readText(4)).isEqualTo("ping");
        }
    }

    /// Via tells the version that the response came in (RFC 9110 §7.6.3), which is not the route's.
    @Test
    void declinedUpgradesAreResponsesOfHttp1() {
        try (var client = Front.H1.raw(proxy)) {
            var response = client.exchange(Heads.head(
                    "GET /http1 HTTP/1.1",
                    "Host: app.example",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.fields().first("Via").orElse("")).startsWith("1.1 gatehouse-");
            assertThat(client.exchange(Heads.get("/version"))
                            .fields()
                            .first("Via")
                            .orElse(""))
                    .startsWith("2 gatehouse-");
        }
    }
}
