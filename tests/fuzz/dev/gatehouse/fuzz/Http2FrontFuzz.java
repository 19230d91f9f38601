package dev.gatehouse.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.gatehouse.support.Frame;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;

/// Any frames behind a client's preface: what comes back are frames, the upstream gets only requests as the RFC has
/// them, nothing ends in INTERNAL_ERROR, and GOAWAY says nothing of our insides.
public final class Http2FrontFuzz {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);
    private static final Frame SETTINGS = new Frame(Frame.SETTINGS, 0, 0, new byte[0]);
    private static final Frame LAST_PING = new Frame(Frame.PING, 0, 0, "gatefuzz".getBytes(ISO_8859_1));
    /// Waits for responses as well, which costs time: one input of eight.
    private static final int LINGER = 7;

    private static StrictOrigin origin;
    private static FuzzedProxy proxy;

    static {
        try {
            origin = new StrictOrigin();
            proxy = FuzzedProxy.inFrontOf(origin.address());
        } catch (IOException failed) {
            throw new ExceptionInInitializerError(failed);
        }
    }

    private Http2FrontFuzz() {}

    /// One input.
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        try (var socket = proxy.connect()) {
            try {
                var out = socket.getOutputStream();
                out.write(PREFACE);
                out.write(SETTINGS.bytes());
                out.write(FrameBytes.of(input, 1));
                out.write(LAST_PING.bytes());
            } catch (SocketException closedAlready) {
                // What it said can still be read.
            }
            read(socket, (input[0] & LINGER) == LINGER);
        }
        origin.check();
        proxy.after(input);
    }

    private static void read(Socket socket, boolean linger) throws IOException {
        var in = new DataInputStream(socket.getInputStream());
        var decoder = new HpackDecoder(1 << 16, System::nanoTime);
        try {
            boolean answered = false;
            for (var frame = Frame.read(in); frame != null; frame = Frame.read(in)) {
                check(frame, decoder);
                if (frame.type() == Frame.GOAWAY) {
                    return;
                }
                if (frame.type() == Frame.PING && frame.has(Frame.ACK)) {
                    if (!linger) {
                        return;
                    }
                    answered = true;
                    socket.setSoTimeout(10);
                }
            }
            if (!answered) {
                return; // closed: the frame before may have been lost in a reset
            }
        } catch (SocketTimeoutException quiet) {
            if (!linger) {
                throw new Finding("neither PING nor GOAWAY nor an end", quiet);
            }
        } catch (SocketException | EOFException reset) {
            // What came before was checked.
        }
    }

    static void check(Frame frame, HpackDecoder decoder) {
        switch (frame.type()) {
            case Frame.GOAWAY -> {
                var debug = new String(frame.payload(), 8, frame.payload().length - 8, ISO_8859_1);
                if (frame.number(4) == Frame.INTERNAL_ERROR || debug.contains("java") || debug.contains("Exception")) {
                    throw new Finding(frame + ": " + debug);
                }
            }
            case Frame.RST_STREAM -> {
                if (frame.number(0) == Frame.INTERNAL_ERROR) {
                    throw new Finding(frame.toString());
                }
            }
            case Frame.HEADERS -> {
                try {
                    var head = decoder.decode(java.nio.ByteBuffer.wrap(frame.payload()));
                    if (head.toString().contains(" 500 ") || head.toString().contains("s=500")) {
                        throw new Finding("500: " + head);
                    }
                } catch (HpackException wrong) {
                    throw new Finding("fields that cannot be decoded: " + frame, wrong);
                }
            }
            default -> {
                if (frame.type() > Frame.CONTINUATION) {
                    throw new Finding(frame.toString());
                }
            }
        }
    }
}
