package dev.gatehouse.listen.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.http.Failure;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadScanTest {
    private static final LimitsConfig LIMITS =
            new LimitsConfig(1_000, 0, 0, 0, 0, 100, 1 << 20, 8 * 1024, 32 * 1024, 100);
    private static final String HOST = "Host: a\r\n";

    private final HeadScan scan = new HeadScan(LIMITS, true);

    private @Nullable Failure whole(String head) {
        scan.reset();
        var bytes = ByteBuffer.wrap(head.getBytes(ISO_8859_1));
        scan.scan(bytes, 0);
        return scan.failure();
    }

    private @Nullable Failure inPieces(byte[] head, Random random) {
        scan.reset();
        int from = 0;
        while (from < head.length && scan.failure() == null && !scan.done()) {
            int to = Math.min(head.length, from + 1 + random.nextInt(7));
            from = scan.scan(ByteBuffer.wrap(head, 0, to), from);
        }
        return scan.failure();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n" + HOST + "\r\n",
                "\r\n\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n",
                "POST http://a/b?c HTTP/1.1\r\n" + HOST + "Content-Length: 12\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n",
                "CONNECT a:443 HTTP/1.1\r\n" + HOST + "\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "transfer-encoding:\t CHUNKED \r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X-Empty:\r\nX-Bytes: \u00e4\t!\r\n\r\n",
                "PRI * HTTP/2.0\r\n"
            })
    void headThatCanBeReadInOneWayPasses(String head) {
        assertThat(whole(head)).isNull();
        assertThat(scan.done()).isTrue();
        assertThat(scan.bytes()).isLessThanOrEqualTo(head.length());
    }

    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1\\nHost: a\\r\\n\\r\\n', LINE_END",
        "'GET /\\r\\n', VERSION_NOT_SUPPORTED",
        "'GET a HTTP/1.1\\r\\n', INVALID_TARGET",
        "'GET /a b HTTP/1.1\\r\\n', INVALID_TARGET",
        "'GET /a b\\r\\n', INVALID_TARGET",
        "'GET / HTTP/1.1 \\r\\n', INVALID_TARGET",
        "'GET / HTTP/1.2\\r\\n', VERSION_NOT_SUPPORTED",
        "'G(T / HTTP/1.1\\r\\n', INVALID_METHOD",
        "'GET / HTTP/1.1\\r\\nX : a\\r\\n\\r\\n', FIELD_SYNTAX",
        "'GET / HTTP/1.1\\r\\nX: a\\r\\n b\\r\\n\\r\\n', FIELD_SYNTAX",
        "'GET / HTTP/1.1\\r\\nX: a\\001\\r\\n\\r\\n', CONTROL_CHARACTER",
        "'GET / HTTP/1.1\\r\\n\\r\\n', INVALID_HOST",
        "'GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: a\\r\\n\\r\\n', INVALID_HOST",
        "'POST / HTTP/1.1\\r"
                + "\\n"
                + "Host: a\\r"
                + "\\n"
                + "Content-Length: 1\\r"
                + "\\n"
                + "Content-Length: 1\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "', CONTENT_LENGTH_REPEATED",
        "'POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: +1\\r\\n\\r\\n', CONTENT_LENGTH_SYNTAX",
        "'POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length:\\r\\n\\r\\n', CONTENT_LENGTH_SYNTAX",
        "'POST / HTTP/1.0\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n', TRANSFER_ENCODING_IN_HTTP_1_0",
        "'POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n', TRANSFER_ENCODING_INVALID",
        "'POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: xchunked\\r\\n\\r\\n', TRANSFER_ENCODING_UNKNOWN",
        "'POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\nContent-Length: 1\\r\\n\\r\\n',"
                + " CONTENT_LENGTH_AND_TRANSFER_ENCODING",
        "'\\026\\003\\001', WRONG_PROTOCOL"
    })
    void anyOtherIsNamed(String head, Failure failure) {
        assertThat(whole(head.translateEscapes())).isEqualTo(failure);
    }

    /// What is cut off when it is read must not make another value of it.
    @ParameterizedTest
    @CsvSource({
        "Transfer-Encoding, c, z+, chunked, TRANSFER_ENCODING_UNKNOWN",
        "Transfer-Encoding, c, '+,', hunked, TRANSFER_ENCODING_UNKNOWN",
        "Content-Length, 1, 0, 1, CONTENT_LENGTH_SYNTAX",
        "Content-Length, 1, ' ', 2, CONTENT_LENGTH_SYNTAX",
        "Host, a, a, a, INVALID_HOST",
    })
    void valuesThatAreTooLongToBeReadAreRefused(String name, String start, String filler, String end, Failure failure) {
        for (int length : new int[] {127, 128, 129, 270, 271, 272, 273, 500, 5_000}) {
            var value = start + filler.replace('+', ',').repeat(length / filler.length()) + end;
            var host = name.equals("Host") ? "" : HOST;
            var found = whole("POST / HTTP/1.1\r\n" + host + name + ": " + value + "\r\n\r\n");

            assertThat(found)
                    .as("%d", value.length())
                    .isEqualTo(value.length() <= 272 && name.equals("Host") ? null : failure);
        }
    }

    @Test
    void blanksBehindAValueAreNoPartOfIt() {
        assertThat(whole("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked" + " ".repeat(5_000) + "\r\n\r\n"))
                .isNull();
    }

    @Test
    void limitsOfLineAndFieldsAreApart() {
        assertThat(whole("GET /" + "a".repeat(8_100) + " HTTP/1.1\r\nHost: a\r\nX: " + "v".repeat(32_000) + "\r\n\r\n"))
                .isNull();
        assertThat(whole("GET /" + "a".repeat(8_200))).isEqualTo(Failure.TARGET_TOO_LONG);
        assertThat(whole("GET / HTTP/1.1\r\nX: " + "v".repeat(33_000))).isEqualTo(Failure.FIELDS_TOO_LARGE);
        assertThat(whole("GET / HTTP/1.1\r\n" + "X: v\r\n".repeat(101))).isEqualTo(Failure.FIELDS_TOO_LARGE);
    }

    @Test
    void stopsBehindTheHead() {
        var request = "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 4\r\n\r\n";
        var bytes = ByteBuffer.wrap((request + "\0\0\0\0").getBytes(ISO_8859_1));
        scan.reset();

        assertThat(scan.scan(bytes, 0)).isEqualTo(request.length());
        assertThat(bytes.position()).isZero();
    }

    /// Whatever strangers send: no exception, and the same finding however the bytes are cut.
    @Test
    void piecesChangeNothing() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var good = "GET /a?b HTTP/1.1\r\nHost: a.example\r\nContent-Length: 12\r\nX-A: b\r\n\r\n".getBytes(ISO_8859_1);
        for (int i = 0; i < 20_000; i++) {
            var bytes = good.clone();
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : "\r\n :,\t/".charAt(random.nextInt(7)));
            }
            var expected = whole(new String(bytes, ISO_8859_1));
            boolean done = scan.done();

            assertThat(inPieces(bytes, random)).as("seed %d, round %d", seed, i).isEqualTo(expected);
            assertThat(scan.done()).isEqualTo(done);
        }
    }
}
