package dev.gatehouse.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.gatehouse.support.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An HTTP/1.1 origin that takes nothing but requests as RFC 9112 has them, and keeps the first thing that is none.
///
/// Its response is empty and names the method in `X-Method`.
final class StrictOrigin {
    private static final Pattern REQUEST_LINE =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}) ([\\x21-\\x7e]+) HTTP/1\\.1");
    private static final Pattern FIELD =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\t\\x20-\\x7e\\x80-\\xff]*)");
    private static final Set<String> NEVER =
            Set.of("keep-alive", "proxy-connection", "http2-settings", "upgrade-insecure", "proxy-authorization");

    private final ServerSocket listener;
    private final AtomicReference<@Nullable String> violation = new AtomicReference<>();
    private final AtomicInteger requests = new AtomicInteger();

    StrictOrigin() throws IOException {
        listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("strict-origin").start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /// How many requests came so far.
    int requests() {
        return requests.get();
    }

    /// @throws Finding when a request was not as it must be
    void check() {
        var found = violation.getAndSet(null);
        if (found != null) {
            throw new Finding("the upstream got " + found);
        }
    }

    private void accept() {
        while (true) {
            try {
                var socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var wire = new Wire(socket.getInputStream(), new AtomicLong(), 16_384);
            for (var head = wire.head(); head != null; head = wire.head()) {
                requests.incrementAndGet();
                var method = request(head, wire);
                socket.getOutputStream()
                        .write(("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Method: " + method + "\r\n\r\n")
                                .getBytes(ISO_8859_1));
            }
        } catch (EOFException cut) {
            // The proxy gave the request up, and with it the connection.
        } catch (IOException | Finding wrong) {
            var message = String.valueOf(wrong.getMessage());
            if (wrong instanceof Finding || message.startsWith("not a chunk") || message.startsWith("bare LF")) {
                violation.compareAndSet(null, message);
            }
        }
    }

    private static String request(String head, Wire wire) throws IOException {
        var lines = List.of(head.substring(0, head.length() - 4).split("\r\n", -1));
        var line = REQUEST_LINE.matcher(lines.getFirst());
        if (!line.matches()) {
            throw new Finding("a bad request line: " + RawResponses.quoted(lines.getFirst()));
        }
        int hosts = 0;
        String length = null;
        boolean chunked = false;
        for (var field : lines.subList(1, lines.size())) {
            var parts = FIELD.matcher(field);
            if (!parts.matches()) {
                throw new Finding("a bad field: " + RawResponses.quoted(field));
            }
            var name = parts.group(1).toLowerCase(Locale.ROOT);
            var value = parts.group(2).strip();
            switch (name) {
                case "host" -> hosts++;
                case "content-length" -> {
                    if (length != null || !value.matches("[0-9]{1,18}")) {
                        throw new Finding("Content-Length: " + lines);
                    }
                    length = value;
                }
                case "transfer-encoding" -> {
                    if (chunked || !value.equals("chunked")) {
                        throw new Finding("Transfer-Encoding: " + lines);
                    }
                    chunked = true;
                }
                default -> {
                    if (NEVER.contains(name)) {
                        throw new Finding("a hop-by-hop field: " + lines);
                    }
                }
            }
        }
        if (hosts != 1 || (chunked && length != null)) {
            throw new Finding("hosts=" + hosts + ": " + lines);
        }
        if (chunked) {
            wire.chunked((_, _, _) -> {});
        } else if (length != null) {
            wire.exactly(Long.parseLong(length), (_, _, _) -> {});
        }
        return line.group(1);
    }
}
