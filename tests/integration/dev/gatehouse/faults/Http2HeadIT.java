package dev.gatehouse.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.Fields;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.Hpack;
import dev.gatehouse.support.Inputs;
import dev.gatehouse.support.RejectedStreams;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.SystemLogFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// HTTP/2 requests whose header section is no good.
@Timeout(60)
class Http2HeadIT {
    private static final Fields METHOD = Fields.of(":method", "GET");
    private static final Fields SCHEME = Fields.of(":scheme", "https");
    private static final Fields AUTHORITY = Fields.of(":authority", "app.example");
    private static final Fields PATH = Fields.of(":path", "/headers");
    private static final Fields GET = METHOD.with(SCHEME).with(AUTHORITY).with(PATH);

    @RegisterExtension
    static final Stage STAGE = Stage.plain();

    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    private static Named<Fields> named(String name, Fields fields) {
        return Named.of(name, fields);
    }

    private static Named<Fields> and(String name, String value) {
        var shown = Inputs.shown(name + ": " + value).getName();
        return Named.of(shown, GET.with(name, value));
    }

    static Stream<Arguments> malformed() {
        return Inputs.http2(Stream.of(
                and("X-Upper", "1"),
                and("connection", "close"),
                and("connection", "te"),
                and("transfer-encoding", "chunked"),
                and("keep-alive", "timeout=5"),
                and("proxy-connection", "keep-alive"),
                and("upgrade", "websocket"),
                and("te", "gzip"),
                and("te", "trailers, gzip"),
                and("x-a", "1\r2"),
                and("x-a", "1\n2"),
                and("x-a", "1\0002"),
                and("x-a", "1\u00012"),
                and("x-a", "1\u007f2"),
                and("x-a", " 1"),
                and("x-a", "1 "),
                and("x-a", "\t1"),
                and("x a", "1"),
                and("x:a", "1"),
                and("x\0a", "1"),
                and("x\u00e9", "1"),
                and(":path", "/again"),
                and(":unknown", "1"),
                and(":status", "200"),
                named(
                        "pseudo after regular",
                        METHOD.with(SCHEME).with(AUTHORITY).with("x-a", "1").with(PATH)),
                named("two methods", METHOD.with(GET)),
                named("two schemes", SCHEME.with(GET)),
                named("two authorities", AUTHORITY.with(GET)),
                named("two paths", PATH.with(GET)),
                named("unknown pseudo", Fields.of(":unknown", "1").with(GET)),
                named("a status", Fields.of(":status", "200").with(GET)),
                named("no method", SCHEME.with(AUTHORITY).with(PATH)),
                named("no scheme", METHOD.with(AUTHORITY).with(PATH)),
                named("no path", METHOD.with(SCHEME).with(AUTHORITY))));
    }

    @Tag("H2-10")
    @ParameterizedTest
    @MethodSource("malformed")
    void malformedHeadsAreReset(Front front, Fields fields) {
        new RejectedStreams(STAGE, LOG).reset(front, fields, "h2.malformed");
    }

    private static Fields to(String authority, String path) {
        return METHOD.with(SCHEME).with(":authority", authority).with(":path", path);
    }

    static Stream<Arguments> badTargets() {
        return Inputs.http2(Stream.of(
                named("empty path", to("app.example", "")),
                named("fragment", to("app.example", "/headers#here")),
                named("path without slash", to("app.example", "headers")),
                named("asterisk", to("app.example", "*")),
                named("absolute form", to("app.example", "http://app.example/headers")),
                named("authority is not host", GET.with("host", "other.example")),
                named("two hosts", GET.with("host", "app.example").with("host", "app.example")),
                named("neither authority nor host", METHOD.with(SCHEME).with(PATH)),
                named("empty authority", to("", "/headers"))));
    }

    @Tag("H2-11")
    @ParameterizedTest
    @MethodSource("badTargets")
    void targetsThatAreNotOneAreReset(Front front, Fields fields) {
        new RejectedStreams(STAGE, LOG).reset(front, fields, "h2.authority", "h2.malformed");
    }

    static Stream<Arguments> unreadable() {
        return Inputs.http2(Stream.of(
                named("userinfo", to("user@app.example", "/headers")),
                named("userinfo with password", to("user:pass@app.example", "/headers")),
                named("port 0", to("app.example:0", "/headers")),
                named("port 65536", to("app.example:65536", "/headers")),
                named("blank", to("app .example", "/headers")),
                named("slash", to("app.example/x", "/headers")),
                named("line", to("app.example\r\nX-A: 1", "/headers")),
                named("length 0x0", GET.with("content-length", "0x0")),
                named("length 0, 0", GET.with("content-length", "0, 0")),
                named("empty length", GET.with("content-length", ""))));
    }

    /// The decoder takes authorities and lengths apart; where it cannot, its state is lost.
    @Tag("H2-11")
    @Tag("H2-12")
    @Tag("H2-13")
    @ParameterizedTest
    @MethodSource("unreadable")
    void authoritiesAndLengthsThatCannotBeReadEndTheConnection(Front front, Fields fields) {
        int before = STAGE.origin().requests().size();
        try (var client = front.frames(STAGE.proxy())) {
            client.headers(1, true, fields);

            assertThat(client.awaitClose()).isEqualTo(Frame.COMPRESSION_ERROR);
            assertThat(client.answer(1).status()).isZero();
        }
        assertThat(STAGE.origin().requests()).hasSize(before);
    }

    @Tag("H2-11")
    @EveryHttp2
    void hostThatAgreesWithTheAuthorityIsServed(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.headers(1, true, GET.with("host", "app.example"));
            client.headers(3, true, METHOD.with(SCHEME).with(PATH).with("host", "app.example"));

            assertThat(client.answer(1).status()).isEqualTo(200);
            assertThat(client.answer(3).status()).isEqualTo(200);
        }
    }

    @Tag("H2-11")
    @Tag("H1-14")
    @ParameterizedTest
    @MethodSource("overTls")
    void nameOfAnotherHandshakeIsMisdirected(Front front) {
        new RejectedStreams(STAGE, LOG).answered(front, to("other.example", "/"), 421, "tls.sni_mismatch");
    }

    static Stream<Front> overTls() {
        return Stream.of(Front.H2);
    }

    static Stream<Arguments> injections() {
        return Inputs.http2(Stream.of(
                named(
                        "method with a request",
                        Fields.of(":method", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET")
                                .with(SCHEME)
                                .with(AUTHORITY)
                                .with(PATH)),
                named(
                        "method with a blank",
                        Fields.of(":method", "GET /x")
                                .with(SCHEME)
                                .with(AUTHORITY)
                                .with(PATH)),
                named(
                        "empty method",
                        Fields.of(":method", "").with(SCHEME).with(AUTHORITY).with(PATH)),
                named(
                        "scheme with a line",
                        METHOD.with(":scheme", "http\r\n").with(AUTHORITY).with(PATH)),
                named(
                        "unknown scheme",
                        METHOD.with(":scheme", "file").with(AUTHORITY).with(PATH)),
                named("path with a request", to("app.example", "/ HTTP/1.1\r\nHost: a\r\n\r\n")),
                named("path with a version", to("app.example", "/ HTTP/1.1")),
                named("path with LF", to("app.example", "/x\nHost: a")),
                named("query with a blank", to("app.example", "/x?a b")),
                named("path with a tab", to("app.example", "/x\ty"))));
    }

    @Tag("H2-12")
    @ParameterizedTest
    @MethodSource("injections")
    void nothingOfAnInjectionReachesTheUpstream(Front front, Fields fields) {
        new RejectedStreams(STAGE, LOG).reset(front, fields, "h2.inject", "h2.malformed");
    }

    static Stream<Arguments> badLengths() {
        var post = Fields.of(":method", "POST").with(SCHEME).with(AUTHORITY).with(PATH);
        return Inputs.http2(Stream.of(
                named("5 without a body", post.with("content-length", "5")),
                named("twice", post.with("content-length", "0").with("content-length", "0")),
                named("+0", post.with("content-length", "+0")),
                named("-1", post.with("content-length", "-1")),
                named("20 digits", post.with("content-length", "00000000000000000000"))));
    }

    @Tag("H2-13")
    @ParameterizedTest
    @MethodSource("badLengths")
    void lengthsThatAreNoneAreReset(Front front, Fields fields) {
        new RejectedStreams(STAGE, LOG).reset(front, fields, "h2.cl", "h2.malformed");
    }

    @Tag("H2-15")
    @EveryHttp2
    void extendedConnectIsReset(Front front) {
        var connect = Fields.of(":method", "CONNECT").with(":protocol", "websocket");
        new RejectedStreams(STAGE, LOG)
                .reset(front, connect.with(SCHEME).with(AUTHORITY).with(PATH), "h2.connect");
    }

    @Tag("H2-15")
    @EveryHttp2
    void extendedConnectIsNotOffered(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            assertThat(client.serverSetting(8, 0)).isZero();
        }
    }

    @Tag("H1-17")
    @EveryHttp2
    void unknownExpectationFailsAsInHttp1(Front front) {
        new RejectedStreams(STAGE, LOG).answered(front, GET.with("expect", "200-ok"), 417, "h1.expect");
    }

    @Tag("H2-07")
    @EveryHttp2
    void tooManyTrailersAreRefused(Front front) {
        var trailers = Fields.of("x-0", "1");
        for (int i = 1; i < 101; i++) {
            trailers = trailers.with("x-" + i, "1");
        }
        var post = Fields.of(":method", "POST").with(SCHEME).with(AUTHORITY).with(":path", Inputs.once("/discard"));
        try (var client = front.frames(STAGE.proxy())) {
            client.headers(1, false, post).data(1, false, "hello").headers(1, true, trailers);

            assertThat(client.answer(1).status()).isEqualTo(431);
            assertThat(client.get(3, "app.example", "/headers").answer(3).status())
                    .isEqualTo(200);
        }
    }

    @Tag("H2-15")
    @EveryHttp2
    void connectIsNotAllowed(Front front) {
        var connect = Fields.of(":method", "CONNECT").with(":authority", "app.example:443");
        new RejectedStreams(STAGE, LOG).answered(front, connect, 405, "h1.method");
    }

    static Stream<Arguments> tooMuch() {
        var many = GET;
        for (int i = 0; i < 150; i++) {
            many = many.with("x-" + i, "1");
        }
        return Inputs.http2(
                Stream.of(and("x-large", "a".repeat(40_000)), and("n".repeat(300), "1"), named("150 fields", many)));
    }

    @Tag("H2-07")
    @ParameterizedTest
    @MethodSource("tooMuch")
    void headsAboveTheLimitAreAnswered(Front front, Fields fields) {
        new RejectedStreams(STAGE, LOG).answered(front, fields, 431, "h2.hpack");
    }

    @Tag("H2-07")
    @EveryHttp2
    void bombOfReferencesEndsTheConnection(Front front) {
        int before = STAGE.origin().requests().size();
        try (var client = front.frames(STAGE.proxy())) {
            var bomb = new Hpack();
            for (var field : client.request("GET", "app.example", "/").all()) {
                bomb.field(field.name(), field.value());
            }
            bomb.indexed("x-bomb", "b".repeat(3_900));
            for (int i = 0; i < 4_000; i++) {
                bomb.reference(62);
            }
            client.headers(1, true, bomb.bytes());

            assertThat(client.awaitClose()).isEqualTo(Frame.COMPRESSION_ERROR);
        }
        assertThat(LOG.await("h2.hpack")).contains("client=127.0.0.1");
        assertThat(STAGE.origin().requests()).hasSize(before);
    }

    @Tag("H2-07")
    @EveryHttp2
    void tableThatGrowsBeyondItsLimitEndsTheConnection(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.headers(1, true, new Hpack().tableSize(1 << 20).bytes());

            assertThat(client.awaitClose()).isEqualTo(Frame.COMPRESSION_ERROR);
        }
    }

    @Tag("H2-07")
    @EveryHttp2
    void stormOfTableSizesIsBounded(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            var storm = new Hpack();
            for (int i = 0; i < 10_000; i++) {
                storm.tableSize(i % 2 == 0 ? 0 : 4096);
            }
            for (var field : client.request("GET", "app.example", "/headers").all()) {
                storm.field(field.name(), field.value());
            }
            client.headers(1, true, storm.bytes());

            var answer = client.answer(1);
            assertThat(answer.status() == 200 || answer.ending() != Ending.COMPLETE)
                    .as("served, or the connection ended: %s", answer)
                    .isTrue();
        }
    }
}
