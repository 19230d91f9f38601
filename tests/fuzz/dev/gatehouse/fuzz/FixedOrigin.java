package dev.gatehouse.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.gatehouse.support.Frame;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// Sends the same bytes to whoever asked for something, and ends the connection.
final class FixedOrigin {
    private static final int PREFACE_LENGTH = 24;

    private final ServerSocket listener;
    private final boolean http2;
    private volatile byte[] response = {};

    FixedOrigin(boolean http2) throws IOException {
        this.http2 = http2;
        listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("fixed-origin").start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    void respondWith(byte[] bytes) {
        response = bytes;
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
            var in = new DataInputStream(socket.getInputStream());
            if (http2) {
                in.readFully(new byte[PREFACE_LENGTH]);
                socket.getOutputStream().write(new Frame(Frame.SETTINGS, 0, 0, new byte[0]).bytes());
                var frame = Frame.read(in);
                while (frame != null && frame.type() != Frame.HEADERS) {
                    frame = Frame.read(in);
                }
            } else {
                int row = 0;
                while (row < 4) {
                    int next = in.read();
                    if (next < 0) {
                        return;
                    }
                    row = next == (row % 2 == 0 ? '\r' : '\n') ? row + 1 : 0;
                }
            }
            socket.getOutputStream().write(response);
            socket.shutdownOutput();
            in.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException gone) {
            // The client's side is looked at.
        }
    }

    /// A request for any of its pages.
    static byte[] request(int method) {
        return (method(method) + " / HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n").getBytes(ISO_8859_1);
    }

    static String method(int number) {
        return number % 2 == 0 ? "GET" : "HEAD";
    }
}
