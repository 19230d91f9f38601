package dev.gatehouse.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.http.Failure;
import dev.gatehouse.upstream.AnswerParser.Event;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerParserTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private final AnswerParser parser = new AnswerParser();

    AnswerParserTest() {
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
        assertThat(parser.end()).isEqualTo(Event.COMPLETE);
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

        assertThat(parser.end()).isNotEqualTo(Event.COMPLETE);
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
                "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n"
            })
    void framingThatCanBeReadInTwoWaysIsBad(String head) {
        assertThat(events(head)).containsExactly(Event.BAD);
        assertThat(parser.failure()).isEqualTo(Failure.RESPONSE_FRAMING);
        assertThat(parser.problem()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 2oo OK\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\n\r\n"})
    void headThatIsNoneIsBad(String head) {
        assertThat(events(head)).containsExactly(Event.BAD);
        assertThat(parser.failure()).isEqualTo(Failure.RESPONSE_HEAD_INVALID);
    }

    @Test
    void malformedChunkIsBadFraming() {
        assertThat(events(OK + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n"))
                .endsWith(Event.BAD);
        assertThat(parser.failure()).isEqualTo(Failure.RESPONSE_FRAMING);
    }

    @Test
    void lengthOfZeroWithoutContentIsLeftOut() {
        assertThat(events("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nX-Kept: 1\r\n\r\n"))
                .containsExactly(Event.HEAD, Event.COMPLETE);
        assertThat(parser.fields().contains(HttpHeader.CONTENT_LENGTH)).isFalse();
        assertThat(parser.fields().get("X-Kept")).isEqualTo("1");
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
