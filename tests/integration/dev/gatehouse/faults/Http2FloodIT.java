package dev.gatehouse.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.Hpack;
import dev.gatehouse.support.Inputs;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.SystemLogFile;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// HTTP/2 clients that keep us busy with frames that are no work.
@Timeout(60)
class Http2FloodIT {
    private static final int MANY = 10_000;

    @RegisterExtension
    static final Stage STAGE = Stage.plain();

    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    /// One step of a flood: the frames for a stream that was not used yet.
    interface Step {
        void write(H2RawClient client, int stream, ByteArrayOutputStream out);
    }

    private static Named<Step> named(String name, Step step) {
        return Named.of(name, step);
    }

    private static void head(H2RawClient client, int stream, boolean end, ByteArrayOutputStream out) {
        var hpack = Hpack.encode(client.request(end ? "GET" : "POST", "app.example", "/silent?flood=" + stream));
        out.writeBytes(
                new Frame(Frame.HEADERS, Frame.END_HEADERS | (end ? Frame.END_STREAM : 0), stream, hpack).bytes());
    }

    private static byte[] number(int value) {
        return java.nio.ByteBuffer.allocate(4).putInt(value).array();
    }

    private static void frame(ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
        out.writeBytes(new Frame(type, flags, stream, payload).bytes());
    }

    /// Floods until the connection is closed, and sees that another connection does not suffer.
    private static void flood(Front front, Step step, String token) {
        try (var other = front.frames(STAGE.proxy());
                var client = front.frames(STAGE.proxy())) {
            assertThat(other.get(1, "app.example", "/headers").answer(1).status())
                    .isEqualTo(200);
            send(client, step);

            assertThat(client.awaitClose()).isEqualTo(Frame.ENHANCE_YOUR_CALM);
            assertThat(other.get(3, "app.example", "/headers").answer(3).status())
                    .isEqualTo(200);
        }
        assertThat(LOG.await(token)).contains("client=127.0.0.1");
    }

    private static void send(H2RawClient client, Step step) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < MANY; i++) {
            step.write(client, 1 + 2 * i, out);
            if (out.size() > 8_192) {
                if (!client.offer(out.toByteArray())) {
                    return;
                }
                out.reset();
            }
        }
        client.offer(out.toByteArray());
    }

    private static void upstreamIsReleased() {
        await("the upstream's connections")
                .atMost(Duration.ofSeconds(5))
                .until(() -> STAGE.origin().requests().stream()
                        .filter(request -> request.target().startsWith("/silent?flood="))
                        .allMatch(request -> request.isConnectionEnded()));
    }

    @Tag("H2-02")
    @EveryHttp2
    void rapidResetEndsTheConnection(Front front) {
        flood(
                front,
                (client, stream, out) -> {
                    head(client, stream, true, out);
                    frame(out, Frame.RST_STREAM, 0, stream, number(Frame.CANCEL));
                },
                "h2.flood.rst");
        upstreamIsReleased();
    }

    @Tag("H2-02")
    @EveryHttp2
    void requestsThatWereResetAtOnceDoNotReachTheUpstream(Front front) {
        int before = STAGE.origin().requests().size();
        try (var client = front.frames(STAGE.proxy())) {
            var out = new ByteArrayOutputStream();
            for (int i = 0; i < 20; i++) {
                head(client, 1 + 2 * i, true, out);
                frame(out, Frame.RST_STREAM, 0, 1 + 2 * i, number(Frame.CANCEL));
            }
            client.raw(out.toByteArray()).fence();

            assertThat(client.get(101, "app.example", "/headers").answer(101).status())
                    .isEqualTo(200);
        }
        assertThat(STAGE.origin().requests().size() - before).isLessThan(21);
        upstreamIsReleased();
    }

    static Stream<Arguments> provocations() {
        return Inputs.http2(Stream.of(
                named("WINDOW_UPDATE of 0", (client, stream, out) -> {
                    head(client, stream, false, out);
                    frame(out, Frame.WINDOW_UPDATE, 0, stream, number(0));
                }),
                named("window overflow", (client, stream, out) -> {
                    head(client, stream, false, out);
                    frame(out, Frame.WINDOW_UPDATE, 0, stream, number(Integer.MAX_VALUE));
                }),
                named("DATA behind the end", (client, stream, out) -> {
                    head(client, stream, true, out);
                    frame(out, Frame.DATA, 0, stream, new byte[1]);
                }),
                named(
                        "malformed heads",
                        (client, stream, out) -> frame(
                                out,
                                Frame.HEADERS,
                                5,
                                stream,
                                new Hpack().field("X-Upper", "1").bytes())),
                named("wrong length", (client, stream, out) -> {
                    var fields = client.request("POST", "app.example", "/silent?flood=" + stream);
                    frame(out, Frame.HEADERS, 4, stream, Hpack.encode(fields.with("content-length", "1")));
                    frame(out, Frame.DATA, 1, stream, new byte[2]);
                })));
    }

    @Tag("H2-03")
    @ParameterizedTest
    @MethodSource("provocations")
    void resetsThatAreProvokedCountAsTheClients(Front front, Step step) {
        flood(front, step, "h2.flood.srv_rst");
        upstreamIsReleased();
    }

    @Tag("H2-03")
    @EveryHttp2
    void provokedResetReleasesTheUpstream(Front front) {
        var target = Inputs.once("/silent");
        try (var client = front.frames(STAGE.proxy())) {
            client.get(1, "app.example", target);
            var request = STAGE.origin().awaitRequest(target);
            client.data(1, false, "unasked");

            assertThat(client.answer(1).resetCode()).isEqualTo(Frame.STREAM_CLOSED);
            assertThat(request.connectionEnd(Limits.SOON)).isIn(Ending.CUT, Ending.RESET, Ending.CLOSED);
            assertThat(client.fence().isClosed()).isFalse();
        }
        assertThat(STAGE.proxy().awaitAccessTo(target).failure()).isEqualTo("h2.malformed");
    }

    @Tag("H2-04")
    @EveryHttp2
    void headWithoutEndIsEnded(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.fence(); // its answer to our SETTINGS must not come between
            client.frame(Frame.HEADERS, 0, 1, new Hpack().field("x-0", "1").bytes());
            var piece = new Frame(
                    Frame.CONTINUATION,
                    0,
                    1,
                    new Hpack().field("x-a", "a".repeat(15_000)).bytes());
            int sent = 0;
            while (sent < 1_000 && client.offer(piece.bytes())) {
                sent++;
            }

            assertThat(client.awaitClose()).isIn((long) Frame.ENHANCE_YOUR_CALM, (long) Frame.PROTOCOL_ERROR);
        }
        LOG.await("h2.flood.cont");
    }

    @Tag("H2-04")
    @EveryHttp2
    void headInTinyPiecesIsEnded(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            var block = Hpack.encode(client.request("GET", "app.example", "/" + "a".repeat(MANY)));
            client.fence();
            client.frame(Frame.HEADERS, Frame.END_STREAM, 1, new byte[0]);
            for (byte one : block) {
                if (!client.offer(new Frame(Frame.CONTINUATION, 0, 1, new byte[] {one}).bytes())) {
                    break;
                }
            }

            assertThat(client.awaitClose()).isEqualTo(Frame.ENHANCE_YOUR_CALM);
        }
        LOG.await("h2.flood.cont");
    }

    @Tag("H2-04")
    @EveryHttp2
    void headInAFewPiecesIsServed(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            for (int stream = 1; stream < 1_000; stream += 2) {
                var block = Hpack.encode(client.request("GET", "app.example", "/headers"));
                // In one piece: the client's own frames must not come between.
                var head = new ByteArrayOutputStream();
                frame(head, Frame.HEADERS, Frame.END_STREAM, stream, new byte[0]);
                for (int i = 0; i < 10; i++) {
                    int from = block.length * i / 10;
                    int to = block.length * (i + 1) / 10;
                    frame(
                            head,
                            Frame.CONTINUATION,
                            i == 9 ? Frame.END_HEADERS : 0,
                            stream,
                            Arrays.copyOfRange(block, from, to));
                }
                client.raw(head.toByteArray());
                assertThat(client.answer(stream).status()).as("%s", client).isEqualTo(200);
            }
        }
    }

    static Stream<Arguments> controls() {
        return Inputs.http2(Stream.of(
                named("SETTINGS", (_, _, out) -> frame(out, Frame.SETTINGS, 0, 0, new byte[0])),
                named("PING", (_, _, out) -> frame(out, Frame.PING, 0, 0, new byte[8])),
                named("answers to no PING", (_, _, out) -> frame(out, Frame.PING, Frame.ACK, 0, new byte[8])),
                named("PRIORITY", (_, stream, out) -> frame(out, Frame.PRIORITY, 0, stream, new byte[5])),
                named("WINDOW_UPDATE", (_, _, out) -> frame(out, Frame.WINDOW_UPDATE, 0, 0, number(1))),
                named("WINDOW_UPDATE of a stream", (client, stream, out) -> {
                    if (stream == 1) {
                        head(client, 1, false, out);
                    }
                    frame(out, Frame.WINDOW_UPDATE, 0, 1, number(1));
                }),
                named("empty DATA", (client, stream, out) -> {
                    if (stream == 1) {
                        head(client, 1, false, out);
                    }
                    frame(out, Frame.DATA, 0, 1, new byte[0]);
                }),
                named("unknown frames", (_, _, out) -> frame(out, 0xbe, 0, 0, new byte[1]))));
    }

    @Tag("H2-05")
    @ParameterizedTest
    @MethodSource("controls")
    void framesThatAreNoWorkEndTheConnection(Front front, Step step) {
        flood(front, step, "h2.flood.ctl");
        upstreamIsReleased();
    }

    @Tag("H2-05")
    @EveryHttp2
    void manyQuickRequestsAcknowledgedFrameByFrameAreServed(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            inBatches(
                    MANY,
                    50,
                    i -> client.get(1 + 2 * i, "app.example", "/bytes?n=1000"),
                    i -> assertThat(client.answer(1 + 2 * i).body().length()).isEqualTo(1000));
            assertThat(client.fence().isClosed()).isFalse();
        }
    }

    @Tag("H2-05")
    @EveryHttp2
    void clientThatMeasuresAndCancelsIsServed(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            for (int i = 0; i < 100; i++) {
                int stream = 1 + 4 * i;
                client.get(stream, "app.example", "/bytes?n=100000");
                client.get(stream + 2, "app.example", "/silent?flood=" + stream).reset(stream + 2, Frame.CANCEL);
                client.frame(Frame.PRIORITY, 0, stream, new byte[] {0, 0, 0, 0, 7});
                client.fence();

                assertThat(client.answer(stream).body().length()).isEqualTo(100_000);
            }
        }
        upstreamIsReleased();
    }

    private static void inBatches(int all, int batch, IntConsumer ask, IntConsumer expect) {
        for (int from = 0; from < all; from += batch) {
            for (int i = from; i < from + batch; i++) {
                ask.accept(i);
            }
            for (int i = from; i < from + batch; i++) {
                expect.accept(i);
            }
        }
    }

    @Tag("H2-06")
    @EveryHttp2
    void clientThatNeverReadsIsCutOff(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            // What it earns by reading pays for pings.
            assertThat(client.get(1, "app.example", "/bytes?n=100000000")
                            .answer(1, Duration.ofSeconds(30))
                            .body()
                            .length())
                    .isEqualTo(100_000_000);
            client.passive().settings(4, Integer.MAX_VALUE).window(0, 1 << 30).stopReading();
            client.get(3, "app.example", "/bytes?n=1000000000");
            int before = LOG.lines("h2.write_queue").size();
            var pings = new ByteArrayOutputStream();
            for (int i = 0; i < 100; i++) {
                frame(pings, Frame.PING, 0, 0, new byte[8]);
            }
            await("the log line").atMost(Duration.ofSeconds(20)).until(() -> {
                client.offer(pings.toByteArray());
                return LOG.lines("h2.write_queue").size() > before;
            });
            client.resumeReading().awaitClose();
        }
    }

    @Tag("H2-16")
    @EveryHttp2
    void clientsThatLeaveInOrderAreNotTold(Front front) {
        int before = LOG.lines().size();
        for (int i = 0; i < 3; i++) {
            try (var client = front.frames(STAGE.proxy())) {
                client.get(1, "app.example", "/headers");
                assertThat(client.answer(1).status()).isEqualTo(200);
                client.goAway(0, Frame.NO_ERROR);

                assertThat(client.awaitClose()).isIn(-1L, (long) Frame.NO_ERROR);
            }
        }
        assertThat(LOG.lines().stream().skip(before)).noneMatch(line -> line.contains("logger=org.eclipse.jetty"));
    }
}
