package dev.gatehouse.fuzz;

import dev.gatehouse.config.LogConfig;
import dev.gatehouse.observe.SystemLog;
import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.ProxyUnderTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HexFormat;

/// A proxy in this process that gets one input after the other, and what must hold behind each of them.
///
/// Used by one thread.
final class FuzzedProxy {
    /// A wait that is longer than that is a hang. It is no measurement: inputs take about a millisecond.
    private static final int PATIENCE_MILLIS = 30_000;

    private static final int LOOK_AFTER = 250;

    private final ProxyUnderTest proxy;
    private final Path log;
    private final ArrayDeque<byte[]> recent = new ArrayDeque<>();
    private long looked;
    private int inputs;

    private FuzzedProxy(ProxyUnderTest proxy, Path log) {
        this.proxy = proxy;
        this.log = log;
    }

    /// One with the app `app.example` over plaintext.
    ///
    /// @param routeLines further lines of its only route
    static FuzzedProxy inFrontOf(String upstream, String... routeLines) throws IOException {
        var log = Files.createTempFile("gatehouse-fuzz", ".log");
        SystemLog.configure(
                new LogConfig(LogConfig.Level.ERROR, log, false, null, LogConfig.AccessFormat.COMBINED, false));
        var lines = new String[routeLines.length + 1];
        lines[0] = AppUnderTest.upstreams(upstream);
        System.arraycopy(routeLines, 0, lines, 1, routeLines.length);
        var proxy = ProxyUnderTest.with(
                        AppUnderTest.named("app", "app.example").plainOnly().routeWith("/", lines))
                .timeout("client_idle", Duration.ofSeconds(2))
                .timeout("upstream_response_header", Duration.ofSeconds(2))
                .timeout("upstream_idle", Duration.ofSeconds(2))
                .start();
        return new FuzzedProxy(proxy, log);
    }

    /// A new client, from an address of its own so that neither ports nor limits of an address run out.
    Socket connect() throws IOException {
        inputs++;
        var socket = new Socket();
        var from = InetAddress.getByAddress(
                new byte[] {127, (byte) (1 + inputs % 100), (byte) (inputs / 100 % 256), (byte) (1 + inputs % 250)});
        socket.bind(new InetSocketAddress(from, 0));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(proxy.plain());
        return socket;
    }

    /// Sends all, half-closes and reads up to the end.
    byte[] exchange(byte[] request) throws IOException {
        var received = new ByteArrayOutputStream();
        try (var socket = connect()) {
            try {
                socket.getOutputStream().write(request);
                socket.shutdownOutput();
            } catch (SocketException closedAlready) {
                // It said what it had to say.
            }
            try {
                socket.getInputStream().transferTo(received);
            } catch (SocketTimeoutException hang) {
                throw new Finding("the proxy does not end the connection", hang);
            } catch (SocketException reset) {
                // What came before stands.
            }
        }
        return received.toByteArray();
    }

    /// Called behind each input: now and then looks whether the proxy logged an error.
    void after(byte[] input) throws IOException {
        recent.addLast(input);
        if (recent.size() > LOOK_AFTER) {
            recent.removeFirst();
        }
        if (inputs % LOOK_AFTER == 0) {
            look();
        }
    }

    private void look() throws IOException {
        SystemLog.flush();
        var text = Files.readString(log);
        if (text.length() > looked) {
            var inputsFile = Files.createTempFile("gatehouse-fuzz", ".inputs");
            Files.write(
                    inputsFile, recent.stream().map(HexFormat.of()::formatHex).toList());
            var news = text.substring((int) looked);
            looked = text.length();
            throw new Finding("the proxy logged, within the inputs of " + inputsFile + ": " + news);
        }
    }
}
