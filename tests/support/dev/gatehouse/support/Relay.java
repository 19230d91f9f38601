package dev.gatehouse.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A port that passes bytes on to an address told later: for what must be in a file before the other end exists.
public final class Relay implements AutoCloseable {
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable InetSocketAddress target;

    private Relay() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("relay-accept").start(this::accept);
    }

    /// One that listens already.
    public static Relay start() {
        try {
            return new Relay();
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /// `127.0.0.1:port`, as a `location` is written.
    public String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /// Where connections from now on lead.
    public void to(InetSocketAddress address) {
        target = address;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var in = listener.accept();
                var to = Objects.requireNonNull(target, "nobody said where to");
                var out = new Socket(to.getAddress(), to.getPort());
                open.add(in);
                open.add(out);
                Thread.ofVirtual().name("relay").start(() -> copy(in, out));
                Thread.ofVirtual().name("relay").start(() -> copy(out, in));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException ended) {
            // One end went away: what is left of the other ends with the test.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : open) {
            socket.close();
        }
    }
}
