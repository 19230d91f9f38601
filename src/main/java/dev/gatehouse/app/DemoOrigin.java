package dev.gatehouse.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A small backend for `demo` on a free loopback port.
///
/// `/` tells what it was sent, `/slow` sends a line a second, `/big` sends 100 MiB.
final class DemoOrigin implements AutoCloseable {
    private static final int MIB = 1 << 20;
    private static final int BIG_MIB = 100;
    private static final int SLOW_LINES = 5;

    private final HttpServer server;
    private final ExecutorService threads;

    private DemoOrigin(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    static DemoOrigin start() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        server.createContext("/", DemoOrigin::hello);
        server.createContext("/slow", DemoOrigin::slow);
        server.createContext("/big", DemoOrigin::big);
        server.start();
        return new DemoOrigin(server, threads);
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void hello(HttpExchange exchange) throws IOException {
        var text = new StringBuilder("Hello from the demo's backend. It was sent:\n\n")
                .append(exchange.getRequestMethod())
                .append(' ')
                .append(exchange.getRequestURI())
                .append(' ')
                .append(exchange.getProtocol())
                .append('\n');
        exchange.getRequestHeaders()
                .forEach((name, values) -> values.forEach(value -> text.append(name.toLowerCase(Locale.ROOT))
                        .append(": ")
                        .append(value)
                        .append('\n')));
        var body = text.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(200, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static void slow(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        try (var out = exchange.getResponseBody()) {
            for (int line = 1; line <= SLOW_LINES; line++) {
                out.write(("line " + line + " of " + SLOW_LINES + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
                Thread.sleep(Duration.ofSeconds(1));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void big(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.sendResponseHeaders(200, (long) BIG_MIB * MIB);
        var piece = new byte[MIB];
        try (var out = exchange.getResponseBody()) {
            for (int i = 0; i < BIG_MIB; i++) {
                out.write(piece);
            }
        }
    }
}
