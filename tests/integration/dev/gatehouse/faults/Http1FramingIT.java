package dev.gatehouse.faults;

import static dev.gatehouse.support.Heads.get;
import static dev.gatehouse.support.Heads.head;
import static dev.gatehouse.support.Heads.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp1;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.Inputs;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// HTTP/1 requests whose length is told in a way on which two readers could disagree.
@Timeout(60)
class Http1FramingIT {
    private static final String CHUNKS = "5\r\nhello\r\n0\r\n\r\n";

    @RegisterExtension
    static final Stage STAGE = Stage.plain();

    static Stream<Arguments> lengthAndChunked() {
        return Inputs.http1(
                post("/", "Content-Length: 5", "Transfer-Encoding: chunked") + CHUNKS,
                post("/", "Transfer-Encoding: chunked", "Content-Length: 15") + CHUNKS,
                post("/", "Content-Length: 0", "Transfer-Encoding: chunked") + CHUNKS,
                post("/", "content-length: 15", "TRANSFER-ENCODING: Chunked") + CHUNKS,
                get("/", "Content-Length: 15", "Transfer-Encoding: chunked") + CHUNKS);
    }

    @Tag("H1-01")
    @ParameterizedTest
    @MethodSource("lengthAndChunked")
    void lengthTogetherWithTransferEncodingIsRefused(Front front, String request) {
        STAGE.rejected().refused(front, request, "h1.cl_te", 400);
    }

    static Stream<Arguments> repeatedLengths() {
        return Inputs.http1(
                post("/", "Content-Length: 5", "Content-Length: 6") + "hello!",
                post("/", "Content-Length: 6", "Content-Length: 5") + "hello!",
                post("/", "Content-Length: 5, 6") + "hello!",
                post("/", "Content-Length: 5", "Content-Length: 5") + "hello",
                post("/", "Content-Length: 5, 5") + "hello",
                post("/", "Content-Length: 5,") + "hello",
                post("/", "Content-Length: 5", "Content-Length:") + "hello",
                get("/", "Content-Length: 0", "Content-Length: 5") + "hello");
    }

    @Tag("H1-02")
    @ParameterizedTest
    @MethodSource("repeatedLengths")
    void moreThanOneLengthIsRefusedEvenIfEqual(Front front, String request) {
        STAGE.rejected().refused(front, request, "h1.cl_dup", 400);
    }

    static Stream<Arguments> malformedLengths() {
        return Inputs.http1(
                "+5",
                "-1",
                "-0",
                "5_0",
                "0x5",
                "1e1",
                "5 5",
                "5.0",
                "five",
                "\"5\"",
                "99999999999999999999",
                "18446744073709551621",
                "9223372036854775808",
                "");
    }

    @Tag("H1-03")
    @ParameterizedTest
    @MethodSource("malformedLengths")
    void lengthThatIsNoPlainNumberIsRefused(Front front, String length) {
        STAGE.rejected().refused(front, post("/", "Content-Length: " + length) + "hello", "h1.cl_syntax", 400);
    }

    static Stream<Arguments> badCodings() {
        return Inputs.http1(
                "chunked, identity",
                "identity",
                "chunked, chunked",
                "chunked\r\nTransfer-Encoding: chunked",
                "chunked\r\nTransfer-Encoding: identity",
                "chunked,",
                ", chunked",
                "chunked;a=b",
                "",
                "gzip");
    }

    @Tag("H1-04")
    @ParameterizedTest
    @MethodSource("badCodings")
    void transferEncodingThatDoesNotEndInOneChunkedIsRefused(Front front, String coding) {
        var request = post("/", "Transfer-Encoding: " + coding) + CHUNKS;

        STAGE.rejected().refused(front, request, "h1.te_bad", 400, 501);
    }

    static Stream<Arguments> unknownCodings() {
        return Inputs.http1("xchunked", "\"chunked\"", "foo, chunked", "gzip, chunked", "chunkedfoo", "'chunked'");
    }

    @Tag("H1-04")
    @ParameterizedTest
    @MethodSource("unknownCodings")
    void unknownTransferCodingIsRefused(Front front, String coding) {
        var request = post("/", "Transfer-Encoding: " + coding) + CHUNKS;

        STAGE.rejected().refused(front, request, "h1.te_bad", 400, 501);
    }

    static Stream<Arguments> positions() {
        return Inputs.http1(Stream.of(
                Named.of("before the name", "%sTransfer-Encoding: chunked"),
                Named.of("behind the name", "Transfer-Encoding%s: chunked"),
                Named.of("before the value", "Transfer-Encoding:%schunked"),
                Named.of("behind the value", "Transfer-Encoding: chunked%s"),
                Named.of("behind another field", "X-A: a%sTransfer-Encoding: chunked")));
    }

    @Tag("H1-05")
    @ParameterizedTest
    @MethodSource("positions")
    void controlBytesAroundTransferEncodingAreRefused(Front front, String position) {
        for (int control = 0; control <= 0x7f; control = control == 0x1f ? 0x7f : control + 1) {
            if (control == '\t' || control == '\r' || control == '\n') {
                continue;
            }
            var line = String.format(Locale.ROOT, position, (char) control);
            STAGE.rejected().refused(front, post("/control/" + control, line) + CHUNKS, "", 400);
        }
    }

    @Tag("H1-05")
    @ParameterizedTest
    @MethodSource("positions")
    void bareLineEndsAroundTransferEncodingAreRefused(Front front, String position) {
        for (var end : List.of("\r", "\n")) {
            var line = String.format(Locale.ROOT, position, end);
            STAGE.rejected().refused(front, post("/", line) + CHUNKS, "", 400);
        }
    }

    @Tag("H1-05")
    @EveryHttp1
    void controlBytesHaveTheirOwnReason(Front front) {
        STAGE.rejected().refused(front, post("/", "Transfer-Encoding:\0chunked") + CHUNKS, "h1.ctl", 400);
        STAGE.rejected().refused(front, post("/", "X-A: a\u0001b") + CHUNKS, "h1.ctl", 400);
        STAGE.rejected().refused(front, post("/", "X-A: a\u007fb") + CHUNKS, "h1.ctl", 400);
    }

    @Tag("H1-07")
    @EveryHttp1
    void chunksOnHttp10AreRefused(Front front) {
        var request = head("POST / HTTP/1.0", "Host: app.example", "Transfer-Encoding: chunked");

        STAGE.rejected().refused(front, request + CHUNKS, "h1.te_10", 400);
    }

    static Stream<Arguments> badChunks() {
        return Inputs.http1(
                "0x1\r\na\r\n",
                "-1\r\na\r\n",
                "+1\r\na\r\n",
                "1_0\r\n0123456789abcdef\r\n",
                " 1\r\na\r\n",
                "\r\na\r\n",
                "g\r\na\r\n",
                "10000000000000001\r\na\r\n",
                "ffffffffffffffff\r\na\r\n",
                "1\r\nab\r\n",
                "1\r\na0\r\n\r\n",
                "1\na\r\n",
                "1\r\na\n",
                "1;x=\n\r\na\r\n",
                "1\ra\r\n",
                "1;\0\r\na\r\n");
    }

    @Tag("H1-08")
    @ParameterizedTest
    @MethodSource("badChunks")
    void badFirstChunkNeverMakesAWholeRequest(Front front, String chunk) {
        badChunkIsRefused(front, "", chunk + "0\r\n\r\n");
    }

    @Tag("H1-08")
    @ParameterizedTest
    @MethodSource("badChunks")
    void badLaterChunkNeverMakesAWholeRequest(Front front, String chunk) {
        badChunkIsRefused(front, "5\r\nhello\r\n", chunk + "0\r\n\r\n");
    }

    static Stream<Arguments> badLastChunks() {
        return Inputs.http1(
                "0\r\n\n", "0\n\r\n", "0\r\nX-A: b\n\r\n", "0\r\nX-A : b\r\n\r\n", "0\r\nX-A\r\n\r\n", "0\r\nab");
    }

    @Tag("H1-08")
    @ParameterizedTest
    @MethodSource("badLastChunks")
    void badEndOfChunksNeverMakesAWholeRequest(Front front, String end) {
        badChunkIsRefused(front, "5\r\nhello\r\n", end + "\r\n\r\n");
    }

    /// 400 while nothing of the answer is under way, which the origin `/discard` guarantees; closed in any case.
    private static void badChunkIsRefused(Front front, String good, String bad) {
        int before = STAGE.origin().requests().size();
        int logged = STAGE.proxy().accessLines().size();
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post("/discard", "Transfer-Encoding: chunked") + good);
            if (!good.isEmpty()) {
                STAGE.origin().awaitRequest(request -> STAGE.origin().requests().size() > before);
            }
            client.offer(bad);
            assertRefusedOrClosed(client, 400);
        }
        assertNoneComplete(before);
        STAGE.proxy().awaitFailure(logged, "h1.chunk");
    }

    private static void assertRefusedOrClosed(RawHttp1Client client, Integer... statuses) {
        var answer = client.read();
        if (answer.status() != 0) {
            assertThat(answer.status()).as("status of %s", answer).isIn(List.of(statuses));
            client.awaitClose();
        }
    }

    private static void assertNoneComplete(int before) {
        var forwarded = new ArrayList<>(STAGE.origin().requests());
        for (var request : forwarded.subList(before, forwarded.size())) {
            assertThat(request.bodyEnd()).as("end of %s", request).isIn(Ending.CUT, Ending.RESET, Ending.CLOSED);
        }
    }

    @Tag("H1-09")
    @EveryHttp1
    void oneLongChunkExtensionIsRefused(Front front) {
        int before = STAGE.origin().requests().size();
        int logged = STAGE.proxy().accessLines().size();
        try (var client = front.raw(STAGE.proxy())) {
            client.offer(
                    post("/discard", "Transfer-Encoding: chunked") + "1;x=" + "y".repeat(5000) + "\r\na\r\n0\r\n\r\n");

            assertRefusedOrClosed(client, 400, 413);
        }
        assertNoneComplete(before);
        STAGE.proxy().awaitFailure(logged, "h1.chunk_ext");
    }

    @Tag("H1-09")
    @EveryHttp1
    void manyShortChunkExtensionsAreRefused(Front front) {
        int before = STAGE.origin().requests().size();
        int logged = STAGE.proxy().accessLines().size();
        try (var client = front.raw(STAGE.proxy())) {
            client.offer(
                    post("/discard", "Transfer-Encoding: chunked") + "1;a=b\r\nx\r\n".repeat(100_000) + "0\r\n\r\n");

            assertRefusedOrClosed(client, 400, 413);
        }
        assertNoneComplete(before);
        STAGE.proxy().awaitFailure(logged, "h1.chunk_ext");
    }

    @Tag("H1-09")
    @EveryHttp1
    void shortChunkExtensionsAreReadAndNotForwarded(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post("/discard?ext", "Transfer-Encoding: chunked") + "5;a=\"b;c\";d\r\nhello\r\n0;e=f\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(200);
        }
        var request = STAGE.origin().last();
        assertThat(request.body().text()).isEqualTo("hello");
        assertThat(request.chunkExtensions()).isEmpty();
    }

    @Tag("H1-10")
    @EveryHttp1
    void tooManyTrailersAreRefused(Front front) {
        var target = Inputs.once("/discard");
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post(target, "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n" + "X-T: 1\r\n".repeat(101)
                    + "\r\n");

            assertThat(client.read().status()).isEqualTo(431);
        }
    }

    @Tag("H1-10")
    @EveryHttp1
    void trailersThatWouldChangeTheRequestAreDropped(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post("/discard?trailers", "Transfer-Encoding: chunked", "Trailer: X-Fine")
                    + "5\r\nhello\r\n0\r\n"
                    + head(
                            "Content-Length: 3",
                            "Transfer-Encoding: identity",
                            "Host: evil.example",
                            "Authorization: Basic x",
                            "X-Fine: yes"));

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.exchange(get("/headers")).status())
                    .as("the next request")
                    .isEqualTo(200);
        }
        var request = STAGE.origin().awaitRequest("/discard?trailers");
        assertThat(request.trailers().names()).isSubsetOf("X-Fine");
        assertThat(request.fields().values("Host")).doesNotContain("evil.example");
        assertThat(request.fields().has("Authorization")).isFalse();
    }

    static Stream<Arguments> bareLineEnds() {
        return Inputs.http1(
                "GET / HTTP/1.1\nHost: app.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: app.example\n\r\n",
                "GET / HTTP/1.1\r\nHost: app.example\r\nX-A: b\n\r\n",
                "GET / HTTP/1.1\r\nHost: app.example\r\n\n",
                "GET / HTTP/1.1\nHost: app.example\n\n",
                "GET / HTTP/1.1\r\nHost: app.example\r\nX-A: b\rc\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: app.example\r\nX-A: b\r\r\n\r\n",
                "GET /\rx HTTP/1.1\r\nHost: app.example\r\n\r\n");
    }

    @Tag("H1-11")
    @ParameterizedTest
    @MethodSource("bareLineEnds")
    void bareLineEndsAreRefused(Front front, String request) {
        STAGE.rejected().refused(front, request, "h1.bare_lf", 400);
    }

    @Tag("H1-28")
    @EveryHttp1
    void bodyOfAGetIsNeverReadAsARequest(Front front) {
        var smuggled = get("/smuggled");
        try (var client = front.raw(STAGE.proxy())) {
            client.send(get("/headers?get-body", "Content-Length: " + smuggled.length()) + smuggled);

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.exchange(get("/headers?after")).text()).startsWith("GET /headers?after");
        }
        assertThat(STAGE.origin().requests())
                .noneMatch(request -> request.target().equals("/smuggled"));
        var request = STAGE.origin().awaitRequest("/headers?get-body");
        assertThat(request.body().text()).isIn("", smuggled);
    }

    @Tag("H1-28")
    @EveryHttp1
    void chunkedBodyOfAGetIsNeverReadAsARequest(Front front) {
        var smuggled = get("/smuggled-in-chunks");
        try (var client = front.raw(STAGE.proxy())) {
            client.send(get("/headers?get-chunks", "Transfer-Encoding: chunked")
                    + Integer.toHexString(smuggled.length())
                    + "\r\n"
                    + smuggled
                    + "\r\n0\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.exchange(get("/headers?after")).text()).startsWith("GET /headers?after");
        }
        assertThat(STAGE.origin().requests())
                .noneMatch(request -> request.target().equals("/smuggled-in-chunks"));
    }

    @Tag("H1-28")
    @EveryHttp1
    void bytesBehindABodyOfLengthZeroDoNotBelongToIt(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post("/headers?zero", "Content-Length: 0") + "hello, not HTTP\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.awaitClose().ending()).isEqualTo(Ending.CLOSED);
        }
        var request = STAGE.origin().awaitRequest("/headers?zero");
        assertThat(request.body().length()).isZero();
    }
}
