package dev.gatehouse;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.Answer;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.Client;
import dev.gatehouse.support.EveryHttp1;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Fields;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.Received;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.Request.Framing;
import dev.gatehouse.support.Stage;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Bodies arrive byte for byte: all sizes that meet a buffer's end, both framings, both directions, hurried and slow.
@Timeout(120)
class BodiesIT {
    private static final int MIB = 1 << 20;
    private static final List<Integer> SIZES =
            List.of(0, 1, 1_023, 4_096, 16_383, 16_384, 16_385, 32_767, 32_768, 32_769, 65_535, 65_536, 65_537, MIB);
    private static final Map<Long, String> DIGESTS = new HashMap<>();
    private static final AtomicInteger CASE = new AtomicInteger();

    @RegisterExtension
    static final Stage STAGE = Stage.plain();

    private static String digest(long length) {
        return DIGESTS.computeIfAbsent(length, size -> Body.pattern(size).digest());
    }

    private static String unique(String path) {
        return path + "?case=" + CASE.incrementAndGet();
    }

    private static void upload(Client client, long length, Framing framing, String how, Request request) {
        var answer = client.send(request.body(Body.pattern(length), framing));

        assertThat(answer.text())
                .as("%s %s bytes by %s: %s", how, length, framing, answer)
                .isEqualTo(length + " " + digest(length));
        var fields = STAGE.origin().awaitRequest(request.target()).fields();
        if (framing == Framing.LENGTH) {
            assertThat(fields.values("Content-Length")).containsExactly(Long.toString(length));
            assertThat(fields.has("Transfer-Encoding")).isFalse();
        }
    }

    private static void isWhole(Answer answer, String how, long length) {
        assertThat(answer.status()).as("%s %s bytes: %s", how, length, answer).isEqualTo(200);
        assertThat(answer.isComplete())
                .as("%s %s bytes: %s", how, length, answer)
                .isTrue();
        assertThat(answer.body().length()).as(how).isEqualTo(length);
        assertThat(answer.body().digest()).as("%s %s bytes", how, length).isEqualTo(digest(length));
    }

    @EveryProtocol
    void uploadsArriveWhole(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            for (int length : SIZES) {
                for (var framing : List.of(Framing.LENGTH, Framing.CHUNKED)) {
                    upload(client, length, framing, "even", Request.of("POST", unique("/discard")));
                    upload(
                            client,
                            length,
                            framing,
                            "ragged, seed " + length,
                            Request.of("PUT", unique("/discard")).inPieces(Body.raggedPieces(length)));
                }
            }
        }
    }

    @EveryProtocol
    void downloadsArriveWhole(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            for (int length : SIZES) {
                for (var framing : new String[] {"length", "chunked", "close"}) {
                    var target = "/bytes?n=" + length + "&framing=" + framing;
                    for (var pieces : new String[] {"", "&piece=16384", "&seed=" + length}) {
                        var answer = client.get(target + pieces);

                        isWhole(answer, target + pieces, length);
                        assertThat(answer.fields().values("Content-Length"))
                                .isEqualTo(framing.equals("length") ? List.of("" + length) : List.of());
                    }
                }
            }
        }
    }

    @EveryProtocol
    void bothDirectionsAtOnce(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            for (int length : SIZES) {
                for (var framing : List.of(Framing.LENGTH, Framing.CHUNKED)) {
                    var answer = client.send(Request.of("POST", "/echo")
                            .body(Body.pattern(length), framing)
                            .inPieces(Body.raggedPieces(length)));

                    isWhole(answer, "echo by " + framing, length);
                }
            }
        }
    }

    @EveryProtocol
    void largeUploadsArriveWhole(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            upload(
                    client,
                    64L * MIB,
                    Framing.LENGTH,
                    "large",
                    Request.of("POST", unique("/discard")).inPiecesOf(65_536));
        }
    }

    @EveryProtocol
    void largeDownloadsArriveWhole(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            isWhole(client.get("/bytes?framing=chunked&n=" + 64 * MIB), "large", 64L * MIB);
        }
    }

    // ---- slow ones; each waits for something to happen, never for time to pass

    @EveryHttp1
    void aSlowReaderGetsAllAndHoldsUpNobody(Front front) {
        for (var framing : new String[] {"length", "chunked", "close"}) {
            try (var slow = front.raw(STAGE.proxy(), 4_096);
                    var others = front.connect(STAGE.proxy())) {
                slow.send("GET /bytes?n=" + MIB + "&framing=" + framing + " HTTP/1.1\r\nHost: app.example\r\n\r\n");

                var answer = slow.read(
                        "GET", () -> assertThat(others.get("/").status()).isEqualTo(200));

                isWhole(answer, framing, MIB);
            }
        }
    }

    @EveryHttp2
    void aSlowReaderOfAStreamGetsAllAndHoldsUpNobody(Front front) {
        for (var framing : new String[] {"length", "chunked", "close"}) {
            try (var slow = front.frames(STAGE.proxy());
                    var others = front.connect(STAGE.proxy())) {
                int stream = slow.nextStream();
                slow.get(stream, "app.example", "/bytes?n=" + 2 * MIB + "&framing=" + framing);

                for (long read = 1; read < 2 * MIB; read += 65_536) {
                    slow.awaitBody(stream, read);
                    slow.stopReading();
                    assertThat(others.get("/").status()).isEqualTo(200);
                    slow.resumeReading();
                }

                isWhole(slow.answer(stream), framing, 2 * MIB);
            }
        }
    }

    @EveryHttp1
    void aSlowWriterIsPassedOnPieceByPiece(Front front) throws IOException {
        for (var framing : List.of(Framing.LENGTH, Framing.CHUNKED)) {
            var body = Body.pattern(100_000);
            var target = unique("/discard");
            try (var client = front.raw(STAGE.proxy())) {
                client.send("POST " + target + " HTTP/1.1\r\nHost: app.example\r\n"
                        + (framing == Framing.LENGTH ? "Content-Length: 100000" : "Transfer-Encoding: chunked")
                        + "\r\n\r\n");
                var received = STAGE.origin().awaitRequest(target);
                var sizes = Body.raggedPieces(7);
                for (int at = 0; at < body.length(); ) {
                    var piece = new byte[(int) Math.min(sizes.getAsInt(), body.length() - at)];
                    body.fill(at, piece, 0, piece.length);
                    if (framing == Framing.CHUNKED) {
                        client.send(Integer.toHexString(piece.length).toUpperCase(Locale.ROOT) + "\r\n")
                                .send(piece)
                                .send("\r\n");
                    } else {
                        client.send(piece);
                    }
                    at += piece.length;
                    awaitBody(received, at);
                }
                if (framing == Framing.CHUNKED) {
                    client.send("0\r\n\r\n");
                }

                assertThat(client.read().text()).isEqualTo("100000 " + digest(100_000));
            }
        }
    }

    @EveryHttp2
    void aSlowWriterOfAStreamIsPassedOnPieceByPiece(Front front) {
        for (var framing : List.of(Framing.LENGTH, Framing.CHUNKED)) {
            var body = Body.pattern(60_000);
            var target = unique("/discard");
            try (var client = front.frames(STAGE.proxy())) {
                int stream = client.nextStream();
                var head = client.request("POST", "app.example", target);
                client.headers(
                        stream,
                        false,
                        framing == Framing.LENGTH ? head.with(Fields.of("content-length", "60000")) : head);
                var received = STAGE.origin().awaitRequest(target);
                for (int at = 0; at < body.length(); ) {
                    var piece = new byte[(int) Math.min(4_999, body.length() - at)];
                    body.fill(at, piece, 0, piece.length);
                    at += piece.length;
                    client.data(stream, at == body.length(), piece);
                    awaitBody(received, at);
                }

                assertThat(client.answer(stream).text()).isEqualTo("60000 " + digest(60_000));
            }
        }
    }

    private static void awaitBody(Received received, long length) {
        await("byte " + length)
                .atMost(ofSeconds(10))
                .pollDelay(ofMillis(0))
                .pollInterval(ofMillis(1))
                .until(() -> received.body().length() >= length);
    }
}
