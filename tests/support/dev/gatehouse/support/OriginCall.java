package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/// One request at [TestOrigin] and all that can be done to it. One thread.
final class OriginCall {
    private final Socket raw;
    private final Socket socket;
    private final Wire in;
    private final OutputStream out;
    private final Received received;
    private final Gates gates;
    private boolean bodyRead;
    private boolean last;

    OriginCall(Socket raw, Socket socket, Wire in, OutputStream out, Received received, Gates gates) {
        this.raw = raw;
        this.socket = socket;
        this.in = in;
        this.out = out;
        this.received = received;
        this.gates = gates;
    }

    Received received() {
        return received;
    }

    Wire in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    /// Whether the connection waits for no other request.
    boolean isLast() {
        return last || received.fields().values("Connection").stream().anyMatch("close"::equalsIgnoreCase);
    }

    boolean isChunked() {
        return received.fields().has("Transfer-Encoding");
    }

    boolean hasBody() {
        return isChunked()
                || !received.fields().first("Content-Length").orElse("0").equals("0");
    }

    /// How many bytes came that nobody has read yet.
    int available() throws IOException {
        return in.buffered() + raw.getInputStream().available();
    }

    /// Reads the body to its end into [Received#body()], once.
    void readBody() throws IOException {
        readBody((_, _, _) -> {});
    }

    /// Reads the body to its end, and also gives it to `sink`.
    void readBody(Wire.Sink sink) throws IOException {
        if (bodyRead) {
            return;
        }
        bodyRead = true;
        Wire.Sink both = (bytes, offset, length) -> {
            received.body().add(bytes, offset, length);
            sink.take(bytes, offset, length);
        };
        if (isChunked()) {
            received.trailers(in.chunked(both), in.chunkExtensions());
        } else {
            in.exactly(Long.parseLong(received.fields().first("Content-Length").orElse("0")), both);
        }
        received.bodyEnded(Ending.COMPLETE);
    }

    /// Sends bytes as they are, one a character.
    void send(String latin1) throws IOException {
        out.write(latin1.getBytes(ISO_8859_1));
        out.flush();
    }

    /// Reads the request's body, then answers with length and body; to HEAD without body.
    void answer(int status, Fields fields, Body body) throws IOException {
        readBody();
        head(status, fields.with("Content-Length", Long.toString(body.length())));
        if (!received.method().equals("HEAD")) {
            body.writeTo(out, 65_536);
        }
    }

    /// Status line, fields, and the empty line.
    void head(int status, Fields fields) throws IOException {
        var head = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
        for (var field : fields.all()) {
            head.append(field.name()).append(": ").append(field.value()).append("\r\n");
        }
        send(head.append("\r\n").toString());
    }

    /// One chunk.
    void chunk(byte[] bytes, int offset, int length) throws IOException {
        send(Integer.toHexString(length) + "\r\n");
        out.write(bytes, offset, length);
        send("\r\n");
    }

    /// Makes a chunk of each write.
    OutputStream chunks() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                chunk(bytes, offset, length);
            }
        };
    }

    /// Waits until the test opens the gate that the query names.
    void awaitGate() throws IOException {
        gates.await(received.query("gate", "main"));
    }

    /// Waits between two pieces of a slow answer.
    static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    /// No more requests on this connection.
    void noMore() {
        last = true;
    }

    /// FIN in our direction (behind a close_notify); what the peer still sends is read and thrown away until its FIN.
    void closeGently() throws IOException {
        last = true;
        socket.shutdownOutput();
        in.toEnd((_, _, _) -> {});
    }

    /// FIN, on TLS without close_notify.
    void cut() throws IOException {
        last = true;
        raw.shutdownOutput();
        in.toEnd((_, _, _) -> {});
    }

    /// RST.
    void reset() throws IOException {
        last = true;
        raw.setSoLinger(true, 0);
        raw.close();
    }

    /// Waits for the peer to go, reading what it sends.
    void awaitHangUp() throws IOException {
        last = true;
        int next = 0;
        while (next >= 0) {
            next = in.read();
        }
        throw new HungUp();
    }

    /// The peer ended the connection in order while the answer was due.
    static final class HungUp extends EOFException {
        private static final long serialVersionUID = 1;
    }
}
