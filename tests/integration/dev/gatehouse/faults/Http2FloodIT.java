package dev.gatehouse.faults;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.Hpack;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Stage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Clients of HTTP/2 that make work instead of requests: their connection is closed, others are unhurt.
@Timeout(60)
class Http2FloodIT {
    private static final int MANY = 10_000;

    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(AppUnderTest.inFrontOf(origin))
            .timeout("client_header", ofSeconds(1))
            .timeout("client_idle", ofSeconds(2)));

    private static byte[] all(int count, IntFunction<byte[]> frames) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            bytes.writeBytes(frames.apply(i));
        }
        return bytes.toByteArray();
    }

    private static byte[] frame(int type, int flags, int stream, byte... payload) {
        return new Frame(type, flags, stream, payload).bytes();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static byte[] head(H2RawClient client, String method, String path) {
        return Hpack.encode(client.request(method, "app.example", path));
    }

    /// Sends the flood while another client is served, and expects the connection's end.
    private static void isClosed(H2RawClient client, Front front, byte[] flood) {
        try (var other = front.connect(STAGE.proxy())) {
            assertThat(other.get("/headers").status()).isEqualTo(200);
            client.offer(flood);

            assertThat(client.awaitClose()).as("code of GOAWAY").isIn((long) Frame.ENHANCE_YOUR_CALM, -1L);
            assertThat(other.get("/headers").status()).isEqualTo(200);
        }
    }

    @Tag("H2-02")
    @EveryHttp2
    void rapidResetIsEnded(Front front) {
        int before = STAGE.origin().requests().size();
        try (var client = front.frames(STAGE.proxy())) {
            var head = head(client, "GET", "/silent");
            isClosed(client, front, all(MANY, i -> {
                var both = new ByteArrayOutputStream();
                both.writeBytes(frame(Frame.HEADERS, Frame.END_STREAM | Frame.END_HEADERS, 2 * i + 1, head));
                both.writeBytes(frame(Frame.RST_STREAM, 0, 2 * i + 1, number(Frame.CANCEL)));
                return both.toByteArray();
            }));
        }
        var reached = STAGE.origin().requests();
        assertThat(reached.size() - before).as("requests that got through").isLessThan(1_000);
        for (var request : reached.subList(before, reached.size())) {
            if (request.path().equals("/silent")) {
                assertThat(request.connectionEnd(Limits.SOON)).isIn(Ending.CUT, Ending.RESET, Ending.CLOSED);
            }
        }
    }

    @Tag("H2-03")
    @EveryHttp2
    void resetsThatAreProvokedCountTheSame(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            var head = head(client, "POST", "/silent");
            isClosed(client, front, all(MANY, i -> {
                var both = new ByteArrayOutputStream();
                both.writeBytes(frame(Frame.HEADERS, Frame.END_HEADERS, 2 * i + 1, head));
                both.writeBytes(frame(Frame.WINDOW_UPDATE, 0, 2 * i + 1, number(0)));
                return both.toByteArray();
            }));
        }
    }

    @Tag("H2-04")
    @EveryHttp2
    void continuationWithoutEndIsEnded(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            var head = head(client, "GET", "/");
            var flood = new ByteArrayOutputStream();
            flood.writeBytes(frame(Frame.HEADERS, Frame.END_STREAM, 1, head));
            flood.writeBytes(all(MANY, _ -> frame(Frame.CONTINUATION, 0, 1, (byte) 0)));

            isClosed(client, front, flood.toByteArray());
        }
    }

    @Tag("H2-04")
    @EveryHttp2
    void largeContinuationsWithoutEndAreEnded(Front front) {
        int requests = STAGE.origin().requests().size();
        try (var client = front.frames(STAGE.proxy())) {
            client.offer(frame(Frame.HEADERS, Frame.END_STREAM, 1, head(client, "GET", "/")));
            var large = new Hpack().field("x-large", "v".repeat(16_000)).bytes();
            client.offer(all(100, _ -> frame(Frame.CONTINUATION, 0, 1, large)));

            assertThat(client.awaitClose()).isNotEqualTo(Frame.NO_ERROR);
        }
        assertThat(STAGE.origin().requests()).hasSize(requests);
    }

    @Tag("H2-04")
    @EveryHttp2
    void headThatDripsIsEndedInTime(Front front) throws InterruptedException {
        try (var client = front.frames(STAGE.proxy())) {
            client.fence(); // nothing may come between the pieces of a head
            client.offer(frame(Frame.HEADERS, Frame.END_STREAM, 1, head(client, "GET", "/")));
            var dripping = Thread.ofVirtual().start(() -> {
                while (!client.isClosed() && client.offer(frame(Frame.CONTINUATION, 0, 1, (byte) 0))) {
                    LockSupport.parkNanos(50_000_000);
                }
            });

            assertThat(client.awaitClose()).isIn((long) Frame.ENHANCE_YOUR_CALM, -1L);
            dripping.join();
        }
    }

    @Tag("H2-05")
    @EveryHttp2
    void floodOfSettingsIsEnded(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            isClosed(client, front, all(MANY, _ -> frame(Frame.SETTINGS, 0, 0)));
        }
    }

    @Tag("H2-05")
    @EveryHttp2
    void floodOfPingsIsEnded(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            isClosed(client, front, all(MANY, i -> frame(Frame.PING, 0, 0, new byte[8])));
        }
    }

    @Tag("H2-05")
    @EveryHttp2
    void floodOfPrioritiesIsEnded(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            isClosed(client, front, all(MANY, i -> frame(Frame.PRIORITY, 0, 2 * i + 1, new byte[5])));
        }
    }

    @Tag("H2-05")
    @EveryHttp2
    void floodOfWindowUpdatesIsEnded(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            isClosed(client, front, all(10 * MANY, _ -> frame(Frame.WINDOW_UPDATE, 0, 0, number(1))));
        }
    }

    @Tag("H2-05")
    @EveryHttp2
    void floodOfEmptyDataIsEnded(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.headers(1, false, head(client, "POST", "/discard"));
            isClosed(client, front, all(MANY, _ -> frame(Frame.DATA, 0, 1)));
        }
    }

    @Tag("H2-06")
    @EveryHttp2
    void clientThatNeverReadsItsAcknowledgementsIsClosed(Front front) {
        try (var client = front.frames(STAGE.proxy());
                var other = front.connect(STAGE.proxy())) {
            client.stopReading();
            boolean open = true;
            for (int i = 0; open && i < 1_000; i++) {
                open = client.offer(all(100, _ -> frame(Frame.PING, 0, 0, new byte[8])));
            }
            client.resumeReading();

            client.awaitClose();
            assertThat(client.frames(Frame.PING).size()).isLessThan(1_000);
            assertThat(other.get("/headers").status()).isEqualTo(200);
        }
    }

    /// The other side of all limits: a busy client that behaves is never too much.
    @EveryHttp2
    void tenThousandQuickAnswersAcknowledgedPieceByPieceAreNoFlood(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            for (int i = 0; i < MANY; i++) {
                assertThat(client.get("/bytes?n=20000").status())
                        .as("request %d", i)
                        .isEqualTo(200);
            }
        }
    }
}
