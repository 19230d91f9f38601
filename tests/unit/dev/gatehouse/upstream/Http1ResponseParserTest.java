package dev.gatehouse.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.upstream.Http1ResponseParser.Event;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http1ResponseParserTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private final Http1ResponseParser parser = new Http1ResponseParser();

    Http1ResponseParserTest() {
        parser.reset(false);
    }

    private List<Event> events(String bytes) {
        var events = new ArrayList<Event>();
        var buffer = ByteBuffer.wrap(bytes.getBytes(ISO_8859_1));
        for (var event = parser.next(buffer); event != Event.NONE; event = parser.next(buffer)) {
            events.add(event);
            if (event == Event.COMPLETE || event == Event.BAD) {
                break;
            }
        }
        return events;
    }

    @Test
    void answerWithLengthIsHeadContentAndEnd() {
        assertThat(events(OK + "Content-Length: 5\r\n\r\nhello"))
                .containsExactly(Event.HEAD, Event.CONTENT, Event.COMPLETE);
        assertThat(parser.status()).isEqualTo(200);
        assertThat(ISO_8859_1.decode(parser.content()).toString()).isEqualTo("hello");
        assertThat(parser.persistent()).isTrue();
        assertThat(parser.keepSeconds()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.0, HTTP_1_0", "HTTP/1.1, HTTP_1_1"})
    void versionIsTheStatusLines(String version, Protocol protocol) {
        events(version + " 200 OK\r\nContent-Length: 0\r\n\r\n");

        assertThat(parser.protocol()).isEqualTo(protocol);
    }

    @Test
    void trailersComeBehindTheContent() {
        assertThat(events(OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"))
                .containsExactly(Event.HEAD, Event.CONTENT, Event.COMPLETE);
        var trailers = parser.trailers();
        assertThat(trailers == null ? null : trailers.get("X-Sum")).isEqualTo("1");
    }

    @Test
    void answerToHeadHasNoContent() {
        parser.reset(true);

        assertThat(events(OK + "Content-Length: 5\r\n\r\n")).containsExactly(Event.HEAD, Event.COMPLETE);
    }

    @Test
    void endOfTheConnectionIsTheEndOfAnAnswerWithoutFraming() {
        assertThat(events(OK + "\r\nhello")).containsExactly(Event.HEAD, Event.CONTENT);
        assertThat(parser.end()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Le",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n"
            })
    void endOfTheConnectionAnywhereElseIsNone(String bytes) {
        events(bytes);

        assertThat(parser.end()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5,\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length : 5\r\nTransfer-Encoding : chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity, chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
                "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n"
            })
    void framingThatCanBeReadInTwoWaysIsBad(String head) {
        assertThat(events(head)).containsExactly(Event.BAD);
        assertThat(parser.failure()).isEqualTo(Failure.RESPONSE_FRAMING);
        assertThat(parser.problem()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.1 2oo OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 0200 OK\r\n\r\n",
                "HTTP/1.1 099 Low\r\n\r\n",
                "HTTP/1.1 600 High\r\n\r\n",
                "HTTP/1.1 200 O\u0000K\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX\r\n\r\n",
                "HTTP/1.1 200 OK\r\n: a\r\n\r\n",
                "HTTP/1.1 200 OK\r\n : a\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX Y: a\r\n\r\n"
            })
    void headThatIsNoneIsBad(String head) {
        assertThat(events(head)).containsExactly(Event.BAD);
        assertThat(parser.failure()).isEqualTo(Failure.RESPONSE_HEAD_INVALID);
    }

    @Test
    void logNamesTheFieldAndKeepsItsValue() {
        events(OK + "X-Fine: 1\r\nX-Secret: hush\u0007\r\n\r\n");

        assertThat(parser.problem()).contains("X-Secret").doesNotContain("hush");
    }

    static Stream<Arguments> headsInTheWild() {
        return Stream.of(
                arguments("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nX-Kept: 1\r\n\r\n", -1, false),
                arguments("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\nX-Kept: 1\r\n\r\n", -1, false),
                arguments("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nX-Kept: 1\r\n\r\n", -1, true),
                arguments("HTTP/1.1 302 \u00c9t\u00e9\r\nContent-Length: 0\r\nX-Kept: 1\r\n\r\n", 0, true),
                arguments("HTTP/1.1 200 \tOK\r\nContent-Length: 0\r\nX-Kept: 1\r\n\r\n", 0, true),
                arguments("HTTP/1.1 200\r\nContent-Length: 0\r\nX-Kept: 1\r\n\r\n", 0, true),
                arguments("HTTP/1.1 403.6 IIS\r\nContent-Length: 0\r\nX-Kept: 1\r\n\r\n", 0, true),
                arguments(OK + "Content-Length : 0\r\nX-Kept\t : 1\r\n\r\n", 0, true),
                arguments(OK + "Content-Length: 0\r\nTransfer-Encoding: identity\r\nX-Kept: 1\r\n\r\n", 0, true),
                arguments(
                        "HTTP/1.0 200 OK\r\nTransfer-Encoding: Identity\r\nContent-Length: 0\r\nX-Kept: 1\r\n\r\n",
                        0,
                        false),
                arguments(OK + "Content-Length: 0\r\nContent-Length: 0\r\nX-Kept: 1\r\n\r\n", 0, true),
                arguments(OK + "Content-Length: 0, 0\r\nX-Kept: 1\r\n\r\n", 0, true));
    }

    @ParameterizedTest
    @MethodSource
    void headsInTheWild(String head, long length, boolean persistent) {
        assertThat(events(head)).containsExactly(Event.HEAD, Event.COMPLETE);
        assertThat(parser.fields().getLongField(HttpHeader.CONTENT_LENGTH)).isEqualTo(length);
        assertThat(parser.fields().getValuesList(HttpHeader.CONTENT_LENGTH)).hasSizeLessThan(2);
        assertThat(parser.fields().contains(HttpHeader.TRANSFER_ENCODING)).isFalse();
        assertThat(parser.fields().get("X-Kept")).isEqualTo("1");
        assertThat(parser.persistent()).isEqualTo(persistent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "5 ", "5 \t ", "05", "5;a=b", "5 ; a=\"b\""})
    void chunkSizesInTheWild(String size) {
        assertThat(events(OK + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\nhello\r\n0  \r\n\r\n"))
                .containsExactly(Event.HEAD, Event.CONTENT, Event.COMPLETE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " 5", "5 5", "0x5", "-5", "5\n", "5;\u0000", "1000000000000000", "5\r\nhello!"})
    void malformedChunkIsBadFraming(String size) {
        assertThat(events(OK + "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\nhello\r\n"))
                .endsWith(Event.BAD);
        assertThat(parser.failure()).isEqualTo(Failure.RESPONSE_FRAMING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 302 \u00c9\r\nTransfer-Encoding : chunked\r\n\r\n5 \r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
            })
    void piecesInWhichItComesMakeNoDifference(String response) {
        for (int size = 1; size < response.length(); size++) {
            parser.reset(false);
            var content = new StringBuilder();
            Event event = Event.NONE;
            for (int from = 0; from < response.length(); from += size) {
                var piece = response.substring(from, Math.min(response.length(), from + size));
                var buffer = ByteBuffer.wrap(piece.getBytes(ISO_8859_1));
                do {
                    event = parser.next(buffer);
                    if (event == Event.CONTENT) {
                        content.append(ISO_8859_1.decode(parser.content()));
                    }
                } while (event != Event.NONE && event != Event.COMPLETE);
            }
            assertThat(event).as("in pieces of %d", size).isEqualTo(Event.COMPLETE);
            assertThat(content).hasToString("hello");
        }
    }

    @Test
    void headThatNeverEndsIsBad() {
        assertThat(events(OK + "X: " + "x".repeat(Http1ResponseParser.HEAD_BYTES)))
                .containsExactly(Event.BAD);

        parser.reset(false);
        assertThat(events(OK + "X: 1\r\n".repeat(Http1ResponseParser.MAX_FIELDS + 1)))
                .containsExactly(Event.BAD);
    }

    @Test
    void notModifiedTellsTheLengthOfWhatItStandsFor() {
        assertThat(events("HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n"))
                .containsExactly(Event.HEAD, Event.COMPLETE);
        assertThat(parser.fields().get(HttpHeader.CONTENT_LENGTH)).isEqualTo("1234");
    }

    @Test
    void connectionIsKeptAsTheAnswerSays() {
        events("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(parser.persistent()).isFalse();

        parser.reset(false);
        events("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n");
        assertThat(parser.persistent()).isTrue();
        assertThat(parser.keepSeconds()).isEqualTo(5);

        parser.reset(false);
        events(OK + "Connection: keep-alive, close\r\nContent-Length: 0\r\n\r\n");
        assertThat(parser.persistent()).isFalse();
    }

    @Test
    void nothingOfAnAnswerIsLeftInTheNext() {
        events(OK + "Keep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n");
        var fields = parser.fields();

        parser.reset(false);
        events(OK + "Content-Length: 0\r\n\r\n");

        assertThat(parser.fields()).isNotSameAs(fields);
        assertThat(fields.contains("Keep-Alive")).isTrue();
        assertThat(parser.trailers()).isNull();
        assertThat(parser.keepSeconds()).isEqualTo(-1);
    }
}
