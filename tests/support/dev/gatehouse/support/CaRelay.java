package dev.gatehouse.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.net.ssl.SSLServerSocket;

/// Stands before [Pebble] under the name `localhost` and tells of each request: before pebble gets it, and when pebble
/// has answered and the client knows nothing of it yet.
public final class CaRelay implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    private final SSLServerSocket listener;
    private final InetSocketAddress pebble;
    private volatile Consumer<String> before = _ -> {};
    private volatile Consumer<String> after = _ -> {};

    private CaRelay(InetSocketAddress pebble) throws IOException {
        this.pebble = pebble;
        var context = TestPki.serving(Pebble.pki().leaf("localhost"));
        listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("ca-relay").start(this::accept);
    }

    /// One that passes everything.
    public static CaRelay start(Pebble pebble) {
        try {
            return new CaRelay(pebble.address());
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /// The directory as clients of this relay know it.
    public URI directory() {
        return URI.create("https://localhost:" + listener.getLocalPort() + "/dir");
    }

    /// Told the path of each request; when it throws, the request gets no further.
    public void before(Consumer<String> told) {
        before = told;
    }

    /// Told the path of each request that was answered; when it throws, the answer gets no further.
    public void after(Consumer<String> told) {
        after = told;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var client = listener.accept();
                Thread.ofVirtual().start(() -> pass(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void pass(Socket client) {
        try (client) {
            var head = head(client.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            var path = head.split(" ", 3)[1];
            var length = LENGTH.matcher(head);
            byte[] body = client.getInputStream().readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
            before.accept(path);
            byte[] answer = ask(head, body);
            after.accept(path);
            client.getOutputStream().write(answer);
        } catch (IOException | IllegalStateException gone) {
            // the test wanted it, or the client left
        }
    }

    /// The Host field stays the client's, so that pebble's URLs lead here.
    private byte[] ask(String head, byte[] body) throws IOException {
        var factory = Pebble.pki().trusting().getSocketFactory();
        try (var upstream = factory.createSocket(
                new Socket(pebble.getAddress(), pebble.getPort()), "localhost", pebble.getPort(), true)) {
            var out = upstream.getOutputStream();
            out.write(head.replaceFirst("\r\n", "\r\nConnection: close\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
            out.flush();
            return upstream.getInputStream().readAllBytes();
        }
    }

    private static String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            head.write(next);
            var text = head.toString(StandardCharsets.ISO_8859_1);
            if (text.endsWith("\r\n\r\n")) {
                return text;
            }
        }
        return "";
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
