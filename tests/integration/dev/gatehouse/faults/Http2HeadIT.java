package dev.gatehouse.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.Fields;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.Hpack;
import dev.gatehouse.support.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests of HTTP/2 that are malformed: the stream is reset or answered with an error, nothing reaches the upstream,
/// and the connection serves on.
@Timeout(60)
class Http2HeadIT {
    @RegisterExtension
    static final Stage STAGE = Stage.plain();

    private static H2RawClient connect(Front front) {
        return front.frames(STAGE.proxy());
    }

    private static String scheme(Front front) {
        return front.secure() ? "https" : "http";
    }

    /// The pseudo fields of a good request, then more.
    private static Fields with(Front front, String... more) {
        var fields =
                Fields.of(":method", "GET", ":scheme", scheme(front), ":authority", "app.example", ":path", "/headers");
        for (int i = 0; i < more.length; i += 2) {
            fields = fields.with(more[i], more[i + 1]);
        }
        return fields;
    }

    private static void refused(Front front, Fields fields, Integer... statuses) {
        int requests = STAGE.origin().requests().size();
        try (var client = connect(front)) {
            client.headers(1, true, fields);
            var answer = client.answer(1);

            if (answer.status() != 0) {
                assertThat(answer.status()).as("%s", answer).isIn(List.of(statuses));
            } else if (client.isClosed()) {
                // What cannot even be decoded is the connection's fault (RFC 7541 §5.2, RFC 9113 §4.3).
                assertThat(client.goAwayCode()).isIn((long) Frame.PROTOCOL_ERROR, (long) Frame.COMPRESSION_ERROR);
            } else {
                assertThat(answer.ending()).as("%s", answer).isEqualTo(Ending.RESET);
                assertThat(answer.resetCode()).isEqualTo(Frame.PROTOCOL_ERROR);
                client.get(3, "app.example", "/empty");
                assertThat(client.answer(3).status()).as("the next request").isNotZero();
                requests++;
            }
        }
        assertThat(STAGE.origin().requests()).hasSize(requests);
    }

    static Stream<Arguments> badFields() {
        var inputs = new ArrayList<Arguments>();
        for (var front : List.of(Front.H2, Front.H2C)) {
            Stream.of(
                            new String[] {"X-Upper", "a"},
                            new String[] {"connection", "keep-alive"},
                            new String[] {"connection", "x-a"},
                            new String[] {"transfer-encoding", "chunked"},
                            new String[] {"keep-alive", "timeout=5"},
                            new String[] {"proxy-connection", "close"},
                            new String[] {"upgrade", "websocket"},
                            new String[] {"te", "gzip"},
                            new String[] {"x-a", "b\r\nx-c: d"},
                            new String[] {"x-a", "b\nc"},
                            new String[] {"x-a", "b\rc"},
                            new String[] {"x-a", "b\0c"},
                            new String[] {"x-a", " b"},
                            new String[] {"x-a", "b "},
                            new String[] {"x-a", "\tb"},
                            new String[] {"x a", "b"},
                            new String[] {"x-a\r\nx-b", "c"},
                            new String[] {"x-a:", "b"},
                            new String[] {"", "b"},
                            new String[] {"x-a", "b", ":path", "/late"},
                            new String[] {":path", "/twice"},
                            new String[] {":unknown", "a"},
                            new String[] {":status", "200"})
                    .forEach(field -> inputs.add(Arguments.argumentSet(
                            front + " "
                                    + String.join(": ", field)
                                            .replace("\r", "\\r")
                                            .replace("\n", "\\n")
                                            .replace("\0", "\\0"),
                            front,
                            field)));
        }
        return inputs.stream();
    }

    @Tag("H2-10")
    @ParameterizedTest
    @MethodSource("badFields")
    void malformedFieldsAreRefused(Front front, String[] field) {
        refused(front, with(front, field), 400);
    }

    @Tag("H2-10")
    @EveryHttp2
    void missingPseudoFieldsAreRefused(Front front) {
        for (int left = 0; left < 4; left++) {
            var all = with(front).all();
            var fields = new ArrayList<>(all);
            if (all.get(left).name().equals(":authority")) {
                continue; // Host may stand in its place
            }
            fields.remove(left);
            refused(front, new Fields(fields), 400);
        }
    }

    @Tag("H2-11")
    @EveryHttp2
    void authorityOtherThanHostIsRefused(Front front) {
        refused(front, with(front, "host", "b.example"), 400);
    }

    @Tag("H2-11")
    @EveryHttp2
    void requestWithoutAnyHostIsRefused(Front front) {
        refused(front, Fields.of(":method", "GET", ":scheme", scheme(front), ":path", "/"), 400);
    }

    @Test
    @Tag("H2-11")
    void authorityOtherThanTheServerNameIsMisdirected() {
        refused(Front.H2, request(Front.H2, "GET", "b.example", "/"), 421);
    }

    private static Fields request(Front front, String method, String authority, String path) {
        return Fields.of(":method", method, ":scheme", scheme(front), ":authority", authority, ":path", path);
    }

    static Stream<Arguments> badAuthorities() {
        return both(
                "user@app.example",
                "app.example:0",
                "app.example:65536",
                "app.example:x",
                "app.example/",
                "app.example b",
                "[::1",
                "::1",
                "");
    }

    private static Stream<Arguments> both(String... values) {
        return Stream.of(Front.H2, Front.H2C)
                .flatMap(front -> Stream.of(values)
                        .map(value -> Arguments.argumentSet(
                                front + " " + value.replace("\r", "\\r").replace("\n", "\\n"), front, value)));
    }

    @Tag("H2-11")
    @ParameterizedTest
    @MethodSource("badAuthorities")
    void malformedAuthorityIsRefused(Front front, String authority) {
        // A name that is no name may also be a name that nobody has.
        refused(front, request(front, "GET", authority, "/"), 400, 421, 503);
    }

    static Stream<Arguments> badPaths() {
        return both(
                "",
                "headers",
                "*",
                "/a b",
                "/a#b",
                "/a\r\nx: y",
                "/ HTTP/1.1\r\nHost: evil.example\r\n\r\nGET /smuggled",
                "/\0",
                "/%00",
                "http://app.example/");
    }

    @Tag("H2-11")
    @Tag("H2-12")
    @ParameterizedTest
    @MethodSource("badPaths")
    void malformedPathIsRefused(Front front, String path) {
        refused(front, request(front, "GET", "app.example", path), 400);
    }

    static Stream<Arguments> badMethods() {
        return both("G ET", "GET / HTTP/1.1\r\nX: y", "", "G\0T", "GE:T", "GET\n");
    }

    @Tag("H2-12")
    @ParameterizedTest
    @MethodSource("badMethods")
    void malformedMethodIsRefused(Front front, String method) {
        refused(front, request(front, method, "app.example", "/"), 400);
    }

    static Stream<Arguments> badSchemes() {
        return both("http\r\n", "ht tp", "", "ftp", "http://x");
    }

    @Tag("H2-12")
    @ParameterizedTest
    @MethodSource("badSchemes")
    void malformedSchemeIsRefused(Front front, String scheme) {
        refused(front, Fields.of(":method", "GET", ":scheme", scheme, ":authority", "app.example", ":path", "/"), 400);
    }

    @Tag("H2-13")
    @EveryHttp2
    void lengthWithoutBodyIsRefused(Front front) {
        refused(front, with(front, "content-length", "5"), 400);
        refused(front, with(front, "content-length", "5", "content-length", "5"), 400);
        refused(front, with(front, "content-length", "five"), 400);
    }

    @Tag("H2-13")
    @EveryHttp2
    void bodyOfAnotherLengthNeverMakesAWholeRequest(Front front) {
        for (var body : List.of("hell", "hello!")) {
            int before = STAGE.origin().requests().size();
            try (var client = connect(front)) {
                client.headers(
                        1,
                        false,
                        request(front, "POST", "app.example", "/discard").with("content-length", "5"));
                client.data(1, true, body);
                var answer = client.answer(1);

                assertThat(answer.status()).as("%s", answer).isIn(0, 400);
                if (answer.status() == 0) {
                    assertThat(answer.resetCode()).isEqualTo(Frame.PROTOCOL_ERROR);
                }
                client.get(3, "app.example", "/headers");
                assertThat(client.answer(3).status()).isEqualTo(200);
            }
            var forwarded = STAGE.origin().requests();
            for (var request : forwarded.subList(before, forwarded.size())) {
                if (request.path().equals("/discard")) {
                    assertThat(request.bodyEnd()).isIn(Ending.CUT, Ending.RESET, Ending.CLOSED);
                }
            }
        }
    }

    @Tag("H2-15")
    @EveryHttp2
    void extendedConnectIsOffAndRefused(Front front) {
        for (var protocol : List.of("websocket", "connect-udp")) {
            refused(front, request(front, "CONNECT", "app.example", "/").with(":protocol", protocol), 400, 501);
        }
    }

    @Tag("H2-15")
    @EveryHttp2
    void connectIsNotAllowed(Front front) {
        refused(front, Fields.of(":method", "CONNECT", ":authority", "app.example:443"), 400, 405);
    }

    @Tag("H2-07")
    @EveryHttp2
    void headTooLargeIsToldSoOnItsStream(Front front) {
        int requests = STAGE.origin().requests().size();
        try (var client = connect(front)) {
            client.headers(1, true, with(front, "x-large", "v".repeat(33_000)));
            var answer = client.answer(1);

            if (answer.status() != 0) {
                assertThat(answer.status()).as("%s", answer).isEqualTo(431);
            } else {
                assertThat(client.awaitClose()).isNotEqualTo(Frame.NO_ERROR);
            }
        }
        assertThat(STAGE.origin().requests()).hasSize(requests);
    }

    @Tag("H2-07")
    @EveryHttp2
    void moreThanAHundredFieldsAreRefused(Front front) {
        var more = new String[202];
        for (int i = 0; i < more.length; i += 2) {
            more[i] = "x-" + i;
            more[i + 1] = "v";
        }
        refused(front, with(front, more), 431);
    }

    @Tag("H2-07")
    @EveryHttp2
    void shortBlockOfALargeHeadIsRefused(Front front) {
        int requests = STAGE.origin().requests().size();
        try (var client = connect(front)) {
            var block = new Hpack();
            with(front).all().forEach(field -> block.field(field.name(), field.value()));
            block.indexed("x-large", "v".repeat(4_000));
            for (int i = 0; i < 10_000; i++) {
                block.reference(62);
            }
            client.headers(1, true, block.bytes());
            var answer = client.answer(1);

            if (answer.status() != 0) {
                assertThat(answer.status()).as("%s", answer).isEqualTo(431);
            } else {
                assertThat(answer.ending()).isIn(Ending.RESET, Ending.CLOSED);
            }
        }
        assertThat(STAGE.origin().requests()).hasSize(requests);
    }

    @Test
    @Tag("H2-18")
    void priorKnowledgeWithoutAlpnOnTheTlsPortIsNoHttp2() {
        int requests = STAGE.origin().requests().size();
        try (var client = Front.H1_TLS.raw(STAGE.proxy())) {
            client.offer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
            var rest = client.awaitClose().rest().text();

            if (!rest.isEmpty()) {
                assertThat(rest).startsWith("HTTP/1.1 ");
                assertThat(rest.substring(9, 12)).isIn("400", "505");
            }
        }
        assertThat(STAGE.origin().requests()).hasSize(requests);
    }
}
