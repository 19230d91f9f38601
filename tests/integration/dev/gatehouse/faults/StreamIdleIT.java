package dev.gatehouse.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.Answer;
import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp1;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Fields;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.H2Origin;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.Heads;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/// Silence in exchanges whose response has begun, and in gRPC. All other limits of silence are half a second, and what
/// may be silent is so for longer.
@Timeout(60)
class StreamIdleIT {
    private static final String FORCED = "upstream_options = [\"force_http2_upstream\"]";
    private static final String HALF_A_SECOND = "timeouts = { stream_idle = \"500ms\" }";
    private static final long LONG_MILLIS = 1_200;
    private static final Fields GRPC = Fields.of("content-type", "application/grpc+proto", "te", "trailers");

    private static H2Origin origin;
    private static TestOrigin http1;
    private static ProxyUnderTest proxy;

    @BeforeAll
    static void start() {
        origin = H2Origin.start(StreamIdleIT::answer);
        http1 = TestOrigin.start();
        proxy = ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                        .routeWith("/", AppUnderTest.upstreams(origin.address()), FORCED)
                        .routeWith("/limited", AppUnderTest.upstreams(origin.address()), FORCED, HALF_A_SECOND)
                        .route("/http1", http1.address())
                        .routeWith(
                                "/http1/limited",
                                AppUnderTest.upstreams(http1.address()),
                                "replace_path = \"/\"",
                                HALF_A_SECOND)
                        .routeWith("/echo", AppUnderTest.upstreams(http1.address()))
                        .routeWith("/events", AppUnderTest.upstreams(http1.address())))
                .timeout("client_idle", ofMillis(500))
                .timeout("client_stall", ofMillis(500))
                .timeout("upstream_idle", ofMillis(500))
                .start();
    }

    @AfterAll
    static void stop() throws IOException {
        proxy.close();
        origin.close();
        http1.close();
    }

    private static void answer(H2Origin.Call call) throws IOException, InterruptedException {
        var grpc = Fields.of("content-type", "application/grpc");
        switch (call.path()) {
            case "/talk", "/limited/talk" -> {
                call.head(200, grpc, false);
                for (var piece = call.piece(); piece.length > 0; piece = call.piece()) {
                    call.data(piece, false);
                }
                call.trailers(Fields.of("grpc-status", "0"));
            }
            case "/collect", "/limited/collect" -> {
                var body = call.body();
                call.head(200, grpc, false)
                        .data(body.text().getBytes(ISO_8859_1), false)
                        .trailers(Fields.of("grpc-status", "0"));
            }
            case "/watch", "/limited/watch" -> {
                call.body();
                call.head(200, grpc, false).data("one".getBytes(ISO_8859_1), false);
                Thread.sleep(LONG_MILLIS);
                call.data("two".getBytes(ISO_8859_1), false).trailers(Fields.of("grpc-status", "0"));
            }
            case "/dies" -> {
                call.head(200, grpc, false).data("one".getBytes(ISO_8859_1), false);
                Thread.sleep(100);
                call.reset(Frame.INTERNAL_ERROR);
            }
            case "/events2" -> {
                call.head(200, Fields.of("content-type", "text/event-stream"), false)
                        .data("one".getBytes(ISO_8859_1), false);
                Thread.sleep(LONG_MILLIS);
                call.data("two".getBytes(ISO_8859_1), true);
            }
            default -> call.head(404, Fields.NONE, true);
        }
    }

    private static H2RawClient call(Front front, String target) {
        var client = front.frames(proxy);
        return client.headers(
                1, false, client.request("POST", "app.example", target).with(GRPC));
    }

    private static void isFine(Answer response, String text) {
        assertThat(response.isComplete()).as("%s", response).isTrue();
        assertThat(response.text()).isEqualTo(text);
        assertThat(response.trailers().first("grpc-status")).hasValue("0");
    }

    private static void isUnavailable(Answer response, String text) {
        assertThat(response.status()).as("%s", response).isEqualTo(200);
        assertThat(response.isComplete()).as("%s", response).isTrue();
        assertThat(response.text()).isEqualTo(text);
        assertThat(response.trailers().first("grpc-status")).hasValue("14");
        assertThat(response.trailers().first("grpc-message")).isPresent();
    }

    @Tag("UP-13")
    @EveryHttp2
    void talkMayPause(Front front) throws InterruptedException {
        try (var client = call(front, "/talk")) {
            client.data(1, false, "one");
            client.awaitBody(1, 3);
            Thread.sleep(LONG_MILLIS);
            client.data(1, false, "two");
            client.awaitBody(1, 6);
            client.data(1, true, "");

            isFine(client.answer(1), "onetwo");
        }
    }

    /// gRPC clients say goodbye when they are to end, and let their calls run on.
    @Tag("H2-16")
    @EveryHttp2
    void talkMayPauseBehindTheClientsGoodbye(Front front) throws InterruptedException {
        try (var client = call(front, "/talk")) {
            client.data(1, false, "one");
            client.awaitBody(1, 3);
            client.goAway(0, Frame.NO_ERROR);
            Thread.sleep(LONG_MILLIS);
            client.data(1, true, "two");

            isFine(client.answer(1), "onetwo");
        }
    }

    @Tag("UP-13")
    @EveryHttp2
    void clientMayPauseBeforeTheResponseBegins(Front front) throws InterruptedException {
        try (var client = call(front, "/collect")) {
            client.data(1, false, "one");
            Thread.sleep(LONG_MILLIS);
            client.data(1, true, "two");

            isFine(client.answer(1), "onetwo");
        }
    }

    @Tag("UP-13")
    @EveryHttp2
    void serverMayPause(Front front) {
        try (var client = call(front, "/watch")) {
            client.data(1, true, "");

            isFine(client.answer(1), "onetwo");
        }
    }

    @Tag("UP-13")
    @EveryHttp2
    void talkIsCutWhereTheFileSaysSoAndIsUnavailable(Front front) {
        var target = "/limited/talk?" + front;
        try (var client = call(front, target)) {
            client.data(1, false, "one");

            isUnavailable(client.answer(1), "one");
        }
        assertThat(proxy.awaitAccessTo(target).failure()).isEqualTo("stream.idle");
    }

    @Tag("UP-13")
    @EveryHttp2
    void silenceBeforeTheResponseIsCutWhereTheFileSaysSo(Front front) {
        var target = "/limited/collect?" + front;
        try (var client = call(front, target)) {
            client.data(1, false, "one");
            var response = client.answer(1);

            assertThat(response.status()).as("%s", response).isEqualTo(200);
            assertThat(response.fields().with(response.trailers()).first("grpc-status"))
                    .hasValue("14");
        }
        assertThat(proxy.awaitAccessTo(target).failure()).isEqualTo("stream.idle");
    }

    @Tag("UP-13")
    @EveryHttp2
    void silenceOfTheServerIsCutWhereTheFileSaysSo(Front front) {
        try (var client = call(front, "/limited/watch")) {
            client.data(1, true, "");
            var response = client.answer(1);

            assertThat(response.isComplete()).as("%s", response).isTrue();
            assertThat(response.text()).isEqualTo("one");
            assertThat(response.trailers().first("grpc-status")).hasValue("4");
        }
    }

    @Tag("UP-13")
    @EveryHttp2
    void callWhoseUpstreamBreaksOffIsUnavailable(Front front) {
        try (var client = call(front, "/dies")) {
            client.data(1, true, "");

            isUnavailable(client.answer(1), "one");
        }
    }

    @Tag("UP-04")
    @EveryProtocol
    void eventStreamMayPause(Front front) {
        try (var client = front.connect(proxy)) {
            var response = client.get("/events?ms=" + LONG_MILLIS);

            assertThat(response.isComplete()).as("%s", response).isTrue();
            assertThat(response.text()).isEqualTo("data: 1\n\ndata: 2\n\n");
        }
    }

    @Tag("UP-04")
    @EveryProtocol
    void eventStreamOfAnHttp2UpstreamMayPause(Front front) {
        try (var client = front.connect(proxy)) {
            var response = client.get("/events2");

            assertThat(response.isComplete()).as("%s", response).isTrue();
            assertThat(response.text()).isEqualTo("onetwo");
        }
    }

    @Tag("UP-04")
    @EveryProtocol
    void eventStreamIsCutWhereTheFileSaysSo(Front front) {
        try (var client = front.connect(proxy)) {
            var response = client.get("/http1/limited/events?ms=10000");

            assertThat(response.text()).isEqualTo("data: 1\n\n");
            assertThat(response.isComplete()).as("%s", response).isFalse();
        }
    }

    /// Nobody else would notice a phone that left without a word.
    @Tag("UP-04")
    @EveryHttp1
    void kernelAsksAfterThePeersOfAnEventStream(Front front) throws IOException {
        try (var client = front.raw(proxy)) {
            client.send(Heads.get("/events?ms=" + LONG_MILLIS));
            client.readLine();

            int ours = front.secure() ? proxy.tls().getPort() : proxy.plain().getPort();
            awaitProbes("client", ":%04X".formatted(ours), ":%04X".formatted(client.localPort()));
            int origins =
                    Integer.parseInt(http1.address().substring(http1.address().indexOf(':') + 1));
            awaitProbes("upstream", "", ":%04X".formatted(origins));
        }
    }

    /// The kernel's table of sockets says for which it has a timer for probes (code 2).
    private static void awaitProbes(String whose, String local, String remote) {
        await(whose + " is asked")
                .atMost(ofSeconds(5))
                .untilAsserted(() -> assertThat(Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                                .map(Path::of)
                                .filter(Files::exists)
                                .flatMap(StreamIdleIT::linesOf)
                                .map(line -> line.strip().split(" +"))
                                .filter(socket -> socket[1].endsWith(local) && socket[2].endsWith(remote))
                                .map(socket -> socket[5].substring(0, 2)))
                        .contains("02"));
    }

    private static Stream<String> linesOf(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String chunked(String target) {
        return "POST " + target + " HTTP/1.1\r\nHost: app.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n";
    }

    /// The response begins with the first piece: what comes late then is no slow request.
    @Tag("H1-26")
    @EveryHttp1
    void uploadWhoseResponseHasBegunMayPause(Front front) throws InterruptedException {
        try (var client = front.raw(proxy)) {
            client.send(chunked("/echo"));
            Thread.sleep(LONG_MILLIS);
            client.send("3\r\ntwo\r\n0\r\n\r\n");
            var response = client.read();

            assertThat(response.isComplete()).as("%s", response).isTrue();
            assertThat(response.text()).isEqualTo("onetwo");
        }
    }

    @Tag("H1-26")
    @EveryHttp1
    void silenceOfBothSidesIsCutAfterStreamIdle(Front front) {
        var target = "/http1/limited/echo?" + front;
        try (var client = front.raw(proxy)) {
            client.send(chunked(target));
            var response = client.read();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("one");
            assertThat(response.ending()).isNotEqualTo(Ending.COMPLETE);
        }
        assertThat(proxy.awaitAccessTo(target).failure()).isEqualTo("stream.idle");
    }
}
