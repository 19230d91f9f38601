package dev.gatehouse.support;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Answers that no proxy may believe, at `/bad/NAME` of [TestOrigin].
public final class BadAnswers {
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String BODY = "Content-Length: 5\r\n\r\nhello";

    private static final Map<String, String> HEADS = new LinkedHashMap<>();
    private static final Map<String, String> FRAMINGS = new LinkedHashMap<>();
    private static final Map<String, String> BODIES = new LinkedHashMap<>();
    private static final Map<String, String> ODDITIES = new LinkedHashMap<>();
    private static final Map<String, String> EXTRAS = new LinkedHashMap<>();

    static {
        HEADS.put("head-of-1-mb", OK + "X-Huge: " + "h".repeat(1_000_000) + "\r\n" + BODY);
        HEADS.put("10000-fields", OK + "X-Many: 1\r\n".repeat(10_000) + BODY);
        HEADS.put("nul-in-value", OK + "X-Bad: a\0b\r\n" + BODY);
        HEADS.put("cr-in-value", OK + "X-Bad: a\rb\r\n" + BODY);
        HEADS.put("bare-lf", OK + "X-Bad: a\n" + BODY);
        HEADS.put("bare-lf-status-line", "HTTP/1.1 200 OK\n" + BODY);
        HEADS.put("fold", OK + "X-Bad: a\r\n b\r\n" + BODY);
        HEADS.put("no-colon", OK + "X-Bad\r\n" + BODY);
        HEADS.put("empty-name", OK + ": a\r\n" + BODY);
        HEADS.put("no-status", "HTTP/1.1 \r\n" + BODY);
        HEADS.put("status-99", "HTTP/1.1 99 Low\r\n" + BODY);
        HEADS.put("status-1000", "HTTP/1.1 1000 High\r\n" + BODY);
        HEADS.put("status-2oo", "HTTP/1.1 2oo OK\r\n" + BODY);
        HEADS.put("http-0.9", "HTTP/0.9 200 OK\r\n" + BODY);
        HEADS.put("http-2.0", "HTTP/2.0 200 OK\r\n" + BODY);
        HEADS.put("no-head-at-all", "hello, I am not HTTP\r\n\r\n");

        FRAMINGS.put(
                "length-and-chunked",
                OK + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        FRAMINGS.put("two-lengths", OK + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!");
        FRAMINGS.put("two-lengths-in-one", OK + "Content-Length: 5, 6\r\n\r\nhello!");
        FRAMINGS.put("length-plus-5", OK + "Content-Length: +5\r\n\r\nhello");
        FRAMINGS.put("length-minus-1", OK + "Content-Length: -1\r\n\r\nhello");
        FRAMINGS.put("length-of-20-digits", OK + "Content-Length: 10000000000000000000\r\n\r\nhello");
        FRAMINGS.put("gzip-then-chunked", OK + "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        FRAMINGS.put("chunked-then-gzip", OK + "Transfer-Encoding: chunked, gzip\r\n\r\nhello");
        FRAMINGS.put(
                "chunked-twice",
                OK + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        FRAMINGS.put("chunked-on-1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");

        var chunked = OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
        BODIES.put("chunk-size-0x5", chunked + "0x5\r\nhello\r\n0\r\n\r\n");
        BODIES.put("chunk-size-empty", chunked + "\r\nhello\r\n0\r\n\r\n");
        BODIES.put("chunk-size-minus-1", chunked + "-1\r\nhello\r\n0\r\n\r\n");
        BODIES.put("chunk-size-of-17-digits", chunked + "10000000000000005\r\nhello\r\n0\r\n\r\n");
        BODIES.put("chunk-longer-than-said", chunked + "3\r\nhello\r\n0\r\n\r\n");
        BODIES.put("chunk-line-bare-lf", chunked + "5\nhello\r\n0\r\n\r\n");
        BODIES.put("trailer-bare-lf", chunked + "0\r\nX-Bad: a\n\r\n");

        ODDITIES.put("length-on-204", "HTTP/1.1 204 No Content\r\n" + BODY);
        ODDITIES.put(
                "chunked-on-204",
                "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        ODDITIES.put("obs-text-in-reason", "HTTP/1.1 200 \u00c9t\u00e9\r\n" + BODY);
        ODDITIES.put("no-reason", "HTTP/1.1 200\r\n" + BODY);
        ODDITIES.put("blank-before-colon", OK + "X-Odd : 1\r\nContent-Length : 5\r\n\r\nhello");
        ODDITIES.put("identity", OK + "Transfer-Encoding: identity\r\n" + BODY);
        ODDITIES.put("equal-lengths", OK + "Content-Length: 5\r\n" + BODY);
        ODDITIES.put("padded-chunk-sizes", OK + "Transfer-Encoding: chunked\r\n\r\n5   \r\nhello\r\n0   \r\n\r\n");

        // The answer itself is fine; what follows it must not become the answer to somebody else's request.
        var evil = OK + "X-Evil: yes\r\nContent-Length: 4\r\n\r\nevil";
        EXTRAS.put("extra-answer", OK + BODY + evil);
        EXTRAS.put("extra-answer-behind-chunks", chunked + "0\r\n\r\n" + evil);
        EXTRAS.put("extra-bytes", OK + BODY + "more");
        EXTRAS.put("extra-crlf", OK + BODY + "\r\n");
        EXTRAS.put("extra-behind-204", "HTTP/1.1 204 No Content\r\n\r\n" + evil);
        EXTRAS.put("extra-behind-304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello");
        EXTRAS.put("body-behind-head", OK + BODY);
    }

    private BadAnswers() {}

    /// UP-05: heads that must end in 502.
    public static Stream<String> heads() {
        return HEADS.keySet().stream();
    }

    /// UP-06: framings, seen in the head, that must end in 502.
    public static Stream<String> framings() {
        return FRAMINGS.keySet().stream();
    }

    /// UP-06: bodies whose beginning is right; whatever of them reaches the client must not end cleanly.
    public static Stream<String> bodies() {
        return BODIES.keySet().stream();
    }

    /// Wrong, and yet they can be read in one way only: a 200 with `hello`, or a 204.
    public static Stream<String> oddities() {
        return ODDITIES.keySet().stream();
    }

    /// UP-09: bytes behind a complete answer. `body-behind-head` is one only when asked by HEAD.
    public static Stream<String> extras() {
        return EXTRAS.keySet().stream();
    }

    static Habits.Habit named(String name) {
        for (var table : List.of(HEADS, FRAMINGS, BODIES, ODDITIES, EXTRAS)) {
            var bytes = table.get(name);
            if (bytes != null) {
                return call -> send(call, bytes);
            }
        }
        throw new IllegalArgumentException(name);
    }

    /// Keeps the connection open behind it, so that only the bytes can make the proxy suspicious.
    private static void send(OriginCall call, String bytes) throws IOException {
        call.readBody();
        call.send(bytes);
    }
}
