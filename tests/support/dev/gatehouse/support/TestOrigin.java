package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// An HTTP/1.1 origin on a raw socket: one URL per awkward habit ([Habits]), every request kept as it came.
///
/// A virtual thread per connection; all methods may be called from any thread.
public final class TestOrigin implements AutoCloseable {
    private final ServerSocket listener;
    private final @Nullable SSLContext tls;
    private final boolean mute;
    private final Queue<Received> requests = new ConcurrentLinkedQueue<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Gates gates = new Gates();

    private TestOrigin(@Nullable SSLContext tls, boolean mute) {
        this(tls, mute, 0);
    }

    private TestOrigin(@Nullable SSLContext tls, boolean mute, int port) {
        this(tls, mute, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private TestOrigin(@Nullable SSLContext tls, boolean mute, InetSocketAddress address) {
        this.tls = tls;
        this.mute = mute;
        try {
            listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(address, 1024);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
        Thread.ofVirtual().name("origin-accept").start(this::accept);
    }

    /// One that speaks plaintext.
    public static TestOrigin start() {
        return new TestOrigin(null, false);
    }

    /// One that speaks plaintext where another one was.
    public static TestOrigin startAt(int port) {
        return new TestOrigin(null, false, port);
    }

    /// One that speaks plaintext at that address.
    ///
    /// @param port 0 for any that is free
    public static TestOrigin startAt(String address, int port) {
        return new TestOrigin(null, false, new InetSocketAddress(InetAddress.ofLiteral(address), port));
    }

    /// One that speaks TLS.
    public static TestOrigin startTls(SSLContext tls) {
        return new TestOrigin(tls, false);
    }

    /// One that accepts connections and reads, and never says a word.
    public static TestOrigin mute() {
        return new TestOrigin(null, true);
    }

    /// An address that refuses connections.
    public static String refusingAddress() {
        return "127.0.0.1:" + FreePorts.next();
    }

    /// The port it listens on.
    public int port() {
        return listener.getLocalPort();
    }

    /// `127.0.0.1:port`, as a `location` is written.
    public String address() {
        return "127.0.0.1:" + port();
    }

    /// All requests so far whose head was complete, in the order of arrival.
    public List<Received> requests() {
        return new ArrayList<>(requests);
    }

    /// How many connections were accepted so far.
    public int connections() {
        return connections.get();
    }

    /// How many connections are open now.
    public int openConnections() {
        return open.size();
    }

    /// Bytes received so far (of TLS connections: inside TLS).
    public long bytesReceived() {
        return bytes.get();
    }

    /// Where habits wait for the test.
    public Gates gates() {
        return gates;
    }

    /// Waits for a request whose target is that.
    public Received awaitRequest(String target) {
        return awaitRequest(request -> request.target().equals(target));
    }

    /// Waits for a request.
    public Received awaitRequest(Predicate<Received> wanted) {
        return await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> requests.stream().filter(wanted).toList(), found -> !found.isEmpty())
                .getLast();
    }

    /// The latest request.
    public Received last() {
        return requests().getLast();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                int connection = connections.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().name("origin-" + connection).start(() -> serve(socket, connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket raw, int connection) {
        var ofThis = new ArrayList<Received>();
        var end = Ending.OURS;
        try (raw;
                var socket = secured(raw)) {
            raw.setTcpNoDelay(true);
            end = answerAll(raw, socket, connection, ofThis);
        } catch (IOException ended) {
            end = endingOf(ended);
        } finally {
            open.remove(raw);
            for (var received : ofThis) {
                received.connectionEnded(end);
            }
        }
    }

    private Ending answerAll(Socket raw, Socket socket, int connection, List<Received> ofThis) throws IOException {
        var in = new Wire(socket.getInputStream(), bytes, 65_536);
        var out = socket.getOutputStream();
        if (mute) {
            in.toEnd((_, _, _) -> {});
            return Ending.CLOSED;
        }
        for (int number = 1; ; number++) {
            String head;
            try {
                head = in.head();
            } catch (Wire.TlsHere wrongProtocol) {
                // As servers do that do not find HTTP.
                out.write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1));
                out.flush();
                return Ending.OURS;
            }
            if (head == null) {
                return Ending.CLOSED;
            }
            var received = new Received(connection, number, head);
            ofThis.add(received);
            requests.add(received);
            var call = new OriginCall(raw, socket, in, out, received, gates);
            Habits.of(received).answer(call);
            if (call.isLast()) {
                return Ending.OURS;
            }
        }
    }

    private static Ending endingOf(IOException ended) {
        try {
            return ended instanceof OriginCall.HungUp ? Ending.CLOSED : Ending.of(ended);
        } catch (IOException notThePeer) {
            return Ending.OURS;
        }
    }

    private Socket secured(Socket raw) throws IOException {
        if (tls == null) {
            return raw;
        }
        var socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, null, true);
        socket.startHandshake();
        return socket;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : open) {
            socket.close();
        }
    }
}
