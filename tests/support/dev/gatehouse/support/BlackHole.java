package dev.gatehouse.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/// An address at which connecting never ends: the kernel's queue of a listener that accepts nobody is full, so that
/// further SYNs are dropped.
public final class BlackHole implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Socket> queued = new ArrayList<>();

    /// Fills the queue.
    public BlackHole() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        try {
            while (queued.size() < 64) {
                var socket = new Socket();
                queued.add(socket);
                socket.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()), 300);
            }
            throw new IOException("the queue does not fill");
        } catch (SocketTimeoutException full) {
            // Now it is.
        }
    }

    /// `127.0.0.1:port`.
    public String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (var socket : queued) {
            socket.close();
        }
        listener.close();
    }
}
