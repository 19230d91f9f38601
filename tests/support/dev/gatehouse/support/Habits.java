package dev.gatehouse.support;

import static dev.gatehouse.support.OriginCall.pause;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import java.util.WeakHashMap;
import java.util.function.IntSupplier;

/// What [TestOrigin] does at which path. Numbers come from the query, with the defaults written here.
final class Habits {
    /// Answers one request, or does not.
    interface Habit {
        void answer(OriginCall call) throws IOException;
    }

    private static final String BYE = "gone";

    /// By connection.
    private static final Map<Object, String> USERS = Collections.synchronizedMap(new WeakHashMap<>());

    private static final Map<String, Habit> ALL = Map.ofEntries(
            // Well behaved.
            Map.entry("/echo", Habits::echo),
            Map.entry(
                    "/headers",
                    call -> call.answer(
                            200, Fields.NONE, Body.of(call.received().head()))),
            Map.entry("/bytes", Habits::bytes),
            Map.entry("/discard", Habits::discard),
            Map.entry("/status", call -> call.answer((int) call.received().query("code", 200), Fields.NONE, ok())),
            Map.entry(
                    "/set-cookie-twice",
                    call -> call.answer(200, Fields.of("Set-Cookie", "a=1; Path=/", "Set-Cookie", "b=2"), ok())),
            Map.entry("/hop-by-hop", Habits::hopByHop),
            Map.entry(
                    "/keep-alive",
                    call -> call.answer(
                            200,
                            Fields.of("Keep-Alive", "timeout=" + call.received().query("timeout", 5)),
                            ok())),
            Map.entry("/redirect", call -> call.answer(302, Fields.of("Location", "/elsewhere?x=1"), ok())),
            Map.entry("/strict", call -> call.answer(200, Fields.of("Strict-Transport-Security", "max-age=7"), ok())),
            Map.entry("/204", Habits::noContent),
            Map.entry("/304", Habits::notModified),
            Map.entry("/trailers", Habits::trailers),
            Map.entry("/grpc-status-only", Habits::grpcStatusOnly),
            Map.entry("/expect", Habits::expect),
            Map.entry("/103-then-200", Habits::earlyHints),
            Map.entry("/interim", Habits::interim),
            Map.entry("/websocket", Habits::websocket),
            Map.entry("/user", Habits::user),
            Map.entry("/gate", Habits::gate),
            Map.entry("/half-then-gate", Habits::halfThenGate),
            Map.entry("/answers-early", Habits::answersEarly),
            Map.entry("/close-delimited", Habits::closeDelimited),
            // Slow.
            Map.entry("/slow-head", Habits::slowHead),
            Map.entry("/drip", Habits::drip),
            Map.entry("/silent", OriginCall::awaitHangUp),
            Map.entry("/silent-in-body", Habits::silentInBody),
            Map.entry("/events", Habits::events),
            Map.entry("/never-reads", Habits::neverReads),
            // Broken.
            Map.entry("/dies-before-answer", Habits::diesBeforeAnswer),
            Map.entry("/dies-in-head", call -> dies(call, "HTTP/1.1 200 OK\r\nContent-Le")),
            Map.entry("/dies-in-body", call -> dies(call, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")),
            Map.entry(
                    "/dies-in-chunk",
                    call -> dies(call, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n0123456789")),
            Map.entry(
                    "/dies-between-chunks",
                    call -> dies(call, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n")),
            Map.entry("/close-delimited-tls-truncated", Habits::closeDelimitedTruncated),
            Map.entry("/101-unasked", Habits::switchesUnasked),
            Map.entry("/extra-later", Habits::extraLater),
            Map.entry("/reuse-race", Habits::reuseRace),
            Map.entry("/stale", Habits::stale),
            Map.entry("/restless", Habits::restless));

    private Habits() {}

    static Habit of(Received received) {
        var path = received.path();
        if (path.startsWith("/bad/")) {
            return BadAnswers.named(path.substring("/bad/".length()));
        }
        return ALL.getOrDefault(path, call -> call.answer(200, Fields.of("Content-Type", "text/plain"), ok()));
    }

    private static Body ok() {
        return Body.of("hello, world\n");
    }

    /// Sends back what comes while it comes, with the framing it came with.
    private static void echo(OriginCall call) throws IOException {
        if (!call.isChunked()) {
            call.head(
                    200,
                    Fields.of(
                            "Content-Length",
                            call.received().fields().first("Content-Length").orElse("0")));
            call.readBody((bytes, offset, length) -> call.out().write(bytes, offset, length));
            return;
        }
        call.head(200, Fields.of("Transfer-Encoding", "chunked", "Trailer", "*"));
        call.readBody(call::chunk);
        var end = new StringBuilder("0\r\n");
        for (var trailer : call.received().trailers().all()) {
            end.append(trailer.name()).append(": ").append(trailer.value()).append("\r\n");
        }
        call.send(end + "\r\n");
    }

    /// `n` bytes; `framing` is `length`, `chunked` or `close`; pieces of `piece` bytes, or ragged ones from `seed`.
    private static void bytes(OriginCall call) throws IOException {
        call.readBody();
        var body = Body.pattern(call.received().query("n", 0));
        int piece = (int) call.received().query("piece", 65_536);
        long seed = call.received().query("seed", -1);
        var pieces = seed < 0 ? (IntSupplier) () -> piece : Body.raggedPieces(seed);
        boolean head = call.received().method().equals("HEAD");
        switch (call.received().query("framing", "length")) {
            case "length" -> {
                call.head(200, Fields.of("Content-Length", Long.toString(body.length())));
                if (!head) {
                    body.writeTo(call.out(), pieces);
                }
            }
            case "chunked" -> {
                call.head(200, Fields.of("Transfer-Encoding", "chunked"));
                if (!head) {
                    body.writeTo(call.chunks(), pieces);
                    call.send("0\r\n\r\n");
                }
            }
            case "close" -> {
                call.head(200, Fields.of("Connection", "close"));
                if (!head) {
                    body.writeTo(call.out(), pieces);
                }
                call.closeGently();
            }
            default -> throw new IOException("no such framing");
        }
    }

    /// Reads the body, answers with its length and digest.
    private static void discard(OriginCall call) throws IOException {
        call.readBody();
        var seen = call.received().body();
        call.answer(200, Fields.NONE, Body.of(seen.length() + " " + seen.digest()));
    }

    private static void hopByHop(OriginCall call) throws IOException {
        call.answer(
                200,
                Fields.of(
                        "Connection",
                        "x-private, keep-alive",
                        "Connection",
                        "x-other",
                        "Keep-Alive",
                        "timeout=5",
                        "X-Private",
                        "1",
                        "X-Other",
                        "2",
                        "Proxy-Authenticate",
                        "Basic",
                        "Upgrade",
                        "h2c",
                        "X-Public",
                        "3"),
                ok());
    }

    private static void noContent(OriginCall call) throws IOException {
        call.readBody();
        call.head(204, Fields.of("X-Kept", "yes"));
    }

    /// With the length that the representation would have (RFC 9110 §8.6).
    private static void notModified(OriginCall call) throws IOException {
        call.readBody();
        call.head(304, Fields.of("ETag", "\"x\"", "Content-Length", "1234"));
    }

    private static void trailers(OriginCall call) throws IOException {
        call.readBody();
        call.head(200, Fields.of("Trailer", "X-Checksum, grpc-status", "Transfer-Encoding", "chunked"));
        call.send("5\r\nhello\r\n0\r\nX-Checksum: abc\r\ngrpc-status: 0\r\n\r\n");
    }

    private static void grpcStatusOnly(OriginCall call) throws IOException {
        call.answer(200, Fields.of("Content-Type", "application/grpc", "grpc-status", "5"), Body.none());
    }

    /// `answer` is `100`, `417` or `none` (no interim answer, waits for the body).
    private static void expect(OriginCall call) throws IOException {
        switch (call.received().query("answer", "100")) {
            case "417" -> {
                call.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                call.closeGently();
            }
            case "none" -> call.answer(200, Fields.NONE, ok());
            default -> {
                if (call.received().fields().has("Expect")) {
                    call.send("HTTP/1.1 100 Continue\r\n\r\n");
                }
                call.answer(200, Fields.NONE, ok());
            }
        }
    }

    private static void earlyHints(OriginCall call) throws IOException {
        call.readBody();
        call.send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n");
        call.answer(200, Fields.of("X-Final", "yes"), ok());
    }

    /// `n` interim answers with the status `code`.
    private static void interim(OriginCall call) throws IOException {
        call.readBody();
        for (long left = call.received().query("n", 1); left > 0; left--) {
            call.send("HTTP/1.1 " + call.received().query("code", "100") + " Interim\r\n\r\n");
        }
        call.answer(200, Fields.NONE, ok());
    }

    /// Authenticates connections, as NTLM does (RFC 4559): who showed credentials once is greeted from then on. With
    /// `ask` a stranger gets 401.
    private static void user(OriginCall call) throws IOException {
        call.received()
                .fields()
                .first("Authorization")
                .ifPresent(shown -> USERS.put(call.out(), shown.substring(shown.indexOf(' ') + 1)));
        var user = USERS.get(call.out());
        var ask = call.received().query("ask", "");
        if (user == null && !ask.isEmpty()) {
            call.answer(401, Fields.of("WWW-Authenticate", "Basic realm=\"x\"", "WWW-Authenticate", ask), ok());
        } else {
            call.answer(200, Fields.NONE, Body.of("hello " + (user == null ? "stranger" : user)));
        }
    }

    /// Accepts the upgrade, to whatever protocol, when the gate is open where there is one. Then, by `mode`,
    /// `echo` until the peer's FIN or of `n` bytes, `bye` says so and closes, `reset` resets at the first byte,
    /// `drip` sends `n` bytes, one every `ms`, `listen` says `done` at the first full stop.
    private static void websocket(OriginCall call) throws IOException {
        var key = call.received().fields().first("Sec-WebSocket-Key").orElse("");
        var protocol = call.received().fields().first("Upgrade").orElse("websocket");
        if (!call.received().query("gate", "").isEmpty()) {
            call.awaitGate();
        }
        call.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: " + protocol + "\r\nConnection: Upgrade\r\n"
                + "X-Bytes-Before: " + call.available() + "\r\n"
                + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n");
        call.noMore();
        switch (call.received().query("mode", "echo")) {
            case "bye" -> {
                call.send(BYE);
                call.closeGently();
            }
            case "reset" -> {
                call.in().read();
                call.reset();
            }
            case "drip" -> {
                for (long left = call.received().query("n", 10); left > 0; left--) {
                    pause(call.received().query("ms", 100));
                    call.send("d");
                }
                call.closeGently();
            }
            case "listen" -> {
                int next = 0;
                while (next >= 0 && next != '.') {
                    next = call.in().read();
                }
                call.send("done");
                call.closeGently();
            }
            default -> {
                Wire.Sink echo = (bytes, offset, length) -> {
                    call.received().body().add(bytes, offset, length);
                    call.out().write(bytes, offset, length);
                    call.out().flush();
                };
                long bytes = call.received().query("n", -1);
                if (bytes >= 0) {
                    call.in().exactly(bytes, echo);
                    call.closeGently();
                    return;
                }
                call.in().toEnd(echo);
                throw new OriginCall.HungUp();
            }
        }
    }

    /// RFC 6455 §4.2.2.
    static String accept(String key) {
        try {
            var digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void gate(OriginCall call) throws IOException {
        call.readBody();
        call.awaitGate();
        call.answer(200, Fields.NONE, ok());
    }

    /// Half of `n` bytes (chunked when `framing` says so), the rest when the gate opens.
    private static void halfThenGate(OriginCall call) throws IOException {
        call.readBody();
        var body = Body.pattern(call.received().query("n", 20));
        var bytes = new byte[(int) body.length()];
        body.fill(0, bytes, 0, bytes.length);
        int half = bytes.length / 2;
        boolean chunked = call.received().query("framing", "length").equals("chunked");
        call.head(
                200,
                chunked
                        ? Fields.of("Transfer-Encoding", "chunked")
                        : Fields.of("Content-Length", Long.toString(bytes.length)));
        if (chunked) {
            call.chunk(bytes, 0, half);
            call.awaitGate();
            call.chunk(bytes, half, bytes.length - half);
            call.send("0\r\n\r\n");
        } else {
            call.out().write(bytes, 0, half);
            call.out().flush();
            call.awaitGate();
            call.out().write(bytes, half, bytes.length - half);
            call.out().flush();
        }
    }

    /// `status` before the body is read; then by `then`: `close` in order, `reset`, or `keep` (reads the body).
    private static void answersEarly(OriginCall call) throws IOException {
        var status = call.received().query("status", "413");
        var then = call.received().query("then", "close");
        call.send("HTTP/1.1 " + status + " Early\r\nContent-Length: 5\r\n"
                + (then.equals("keep") ? "" : "Connection: close\r\n") + "\r\nearly");
        switch (then) {
            case "keep" -> call.readBody();
            case "reset" -> call.reset();
            default -> call.closeGently();
        }
    }

    private static void closeDelimited(OriginCall call) throws IOException {
        call.readBody();
        call.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nup to the end");
        call.closeGently();
    }

    private static void closeDelimitedTruncated(OriginCall call) throws IOException {
        call.readBody();
        call.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nnot to the end");
        call.cut();
    }

    /// One byte of a head every `ms`, `n` bytes in all, then the rest.
    private static void slowHead(OriginCall call) throws IOException {
        call.readBody();
        var head =
                "HTTP/1.1 200 OK\r\nX-Slow: " + "s".repeat((int) call.received().query("n", 1000));
        for (byte one : head.getBytes(ISO_8859_1)) {
            call.out().write(one);
            call.out().flush();
            pause(call.received().query("ms", 50));
        }
        call.send("\r\nContent-Length: 0\r\n\r\n");
    }

    /// One byte of a body every `ms`, `n` bytes in all.
    private static void drip(OriginCall call) throws IOException {
        call.readBody();
        long bytes = call.received().query("n", 20);
        call.head(200, Fields.of("Content-Length", Long.toString(bytes)));
        for (long left = bytes; left > 0; left--) {
            call.send("d");
            pause(call.received().query("ms", 50));
        }
    }

    private static void silentInBody(OriginCall call) throws IOException {
        call.readBody();
        call.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
        call.awaitHangUp();
    }

    /// An event stream of two events, `ms` apart.
    private static void events(OriginCall call) throws IOException {
        call.readBody();
        call.head(200, Fields.of("Content-Type", "Text/Event-Stream; charset=utf-8", "Transfer-Encoding", "chunked"));
        call.send("9\r\ndata: 1\n\n\r\n");
        pause(call.received().query("ms", 1200));
        call.send("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
    }

    /// Leaves the request's body where it is until the gate opens.
    private static void neverReads(OriginCall call) throws IOException {
        call.awaitGate();
        call.answer(200, Fields.NONE, ok());
    }

    /// By `how`: `fin` or `rst`.
    private static void dies(OriginCall call, String beginning) throws IOException {
        call.readBody();
        call.send(beginning);
        if (call.received().query("how", "fin").equals("rst")) {
            call.reset();
        } else {
            call.closeGently();
        }
    }

    private static void diesBeforeAnswer(OriginCall call) throws IOException {
        dies(call, "");
    }

    private static void switchesUnasked(OriginCall call) throws IOException {
        call.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        call.closeGently();
    }

    /// The first request of a connection gets its answer; at the second one the connection ends without a word.
    private static void reuseRace(OriginCall call) throws IOException {
        if (call.received().number() == 1) {
            call.answer(200, Fields.NONE, ok());
        } else {
            diesBeforeAnswer(call);
        }
    }

    /// A whole answer, and another one when the gate opens and nobody has asked.
    private static void extraLater(OriginCall call) throws IOException {
        call.answer(200, Fields.NONE, ok());
        call.awaitGate();
        call.send("HTTP/1.1 200 OK\r\nX-Evil: yes\r\nContent-Length: 4\r\n\r\nevil");
        call.awaitHangUp();
    }

    /// Promises to keep the connection and closes it behind the answer.
    private static void stale(OriginCall call) throws IOException {
        call.answer(200, Fields.NONE, ok());
        call.closeGently();
    }

    /// Answers all, but ends connections as it likes: one in twenty behind an answer that says so, as many
    /// behind one that does not. What it likes follows from the connection's and the request's number.
    private static void restless(OriginCall call) throws IOException {
        var received = call.received();
        call.readBody();
        int whim = new Random(31L * received.connection() + received.number()).nextInt(20);
        if (whim >= 2) {
            call.answer(200, Fields.NONE, ok());
        } else if (whim == 1 || received.number() == 1) {
            call.answer(200, Fields.of("Connection", "close"), ok());
            call.closeGently();
        } else {
            stale(call);
        }
    }
}
