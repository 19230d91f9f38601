package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// An HTTP/1 client that sends exactly the bytes it is given and tells exactly what came back and how it ended.
///
/// Every wait ends after ten seconds with a failed test, unless [#patience] says otherwise. One thread writes, one
/// reads.
public final class RawHttp1Client implements AutoCloseable {
    private final Socket raw;
    private final Socket socket;
    private final Wire in;
    private final OutputStream out;
    private final AtomicLong received = new AtomicLong();

    private RawHttp1Client(Socket raw, Socket socket, int bufferBytes) throws IOException {
        this.raw = raw;
        this.socket = socket;
        this.in = new Wire(socket.getInputStream(), received, bufferBytes);
        this.out = socket.getOutputStream();
        raw.setSoTimeout(10_000);
    }

    /// Over plaintext.
    public static RawHttp1Client plain(InetSocketAddress address) {
        return plain(address, 0);
    }

    /// Over plaintext with small socket buffers, read in small pieces.
    ///
    /// @param bufferBytes size of the kernel's buffers; 0 leaves them alone
    public static RawHttp1Client plain(InetSocketAddress address, int bufferBytes) {
        try {
            var socket = connect(address, bufferBytes);
            return new RawHttp1Client(socket, socket, bufferBytes == 0 ? 65_536 : bufferBytes);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Over TLS with that server name and ALPN http/1.1.
    public static RawHttp1Client tls(InetSocketAddress address, String serverName, SSLContext context) {
        return tls(address, serverName, context, 0, "http/1.1");
    }

    /// Over TLS; no ALPN extension at all without `protocols`.
    ///
    /// @param bufferBytes size of the kernel's buffers; 0 leaves them alone
    public static RawHttp1Client tls(
            InetSocketAddress address,
            @Nullable String serverName,
            SSLContext context,
            int bufferBytes,
            String... protocols) {
        try {
            var raw = connect(address, bufferBytes);
            var socket = secured(raw, serverName, context, protocols);
            return new RawHttp1Client(raw, socket, bufferBytes == 0 ? 65_536 : bufferBytes);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static Socket connect(InetSocketAddress address, int bufferBytes) throws IOException {
        var socket = new Socket();
        if (bufferBytes > 0) {
            socket.setReceiveBufferSize(bufferBytes);
            socket.setSendBufferSize(bufferBytes);
        }
        socket.connect(address, 10_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    static SSLSocket secured(Socket raw, @Nullable String serverName, SSLContext context, String... protocols)
            throws IOException {
        raw.setSoTimeout(10_000);
        var socket = (SSLSocket) context.getSocketFactory().createSocket(raw, serverName, raw.getPort(), true);
        var parameters = socket.getSSLParameters();
        parameters.setServerNames(serverName == null ? List.of() : List.of(new SNIHostName(serverName)));
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (IOException refused) {
            raw.close();
            throw refused;
        }
        return socket;
    }

    /// How long a read may take from now on.
    public RawHttp1Client patience(Duration limit) {
        try {
            raw.setSoTimeout((int) limit.toMillis());
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Sends bytes, one a character.
    public RawHttp1Client send(String latin1) {
        return send(latin1.getBytes(ISO_8859_1));
    }

    /// Sends bytes.
    public RawHttp1Client send(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Sends bytes and does not mind a peer that has closed already (a server may answer before it has read all).
    ///
    /// @return whether all could be written
    public boolean offer(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    /// [#offer(byte[])] of characters.
    public boolean offer(String latin1) {
        return offer(latin1.getBytes(ISO_8859_1));
    }

    /// Sends one byte at a time with a pause behind each, until all is sent or the peer has closed.
    ///
    /// @return how many bytes could be written
    public int drip(String latin1, Duration pause) {
        int sent = 0;
        for (byte one : latin1.getBytes(ISO_8859_1)) {
            if (!offer(new byte[] {one})) {
                return sent;
            }
            sent++;
            try {
                Thread.sleep(pause);
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
        return sent;
    }

    /// Where a body of any size goes.
    public OutputStream out() {
        return out;
    }

    /// Reads one response to a request that was not HEAD or CONNECT.
    public Answer read() {
        return read("GET");
    }

    /// Reads one response, with its interim ones, by the rules of RFC 9112 §6.3.
    public Answer read(String method) {
        return read(method, () -> {});
    }

    /// [#read(String)] of a reader that does something else behind each piece of the body.
    public Answer read(String method, Runnable behindEachPiece) {
        var interims = new ArrayList<Answer.Interim>();
        var body = new Seen();
        var trailers = new Fields[] {Fields.NONE};
        int status = 0;
        var head = "";
        var fields = Fields.NONE;
        Ending ending;
        try {
            while (true) {
                var next = in.head();
                if (next == null) {
                    return new Answer(0, "", Fields.NONE, body, Fields.NONE, interims, Ending.CLOSED, -1);
                }
                int code = status(next);
                if (code >= 200 || code == 101) {
                    head = next;
                    status = code;
                    fields = Fields.ofHead(next);
                    break;
                }
                interims.add(new Answer.Interim(code, Fields.ofHead(next)));
            }
            Wire.Sink sink = (bytes, offset, length) -> {
                body.add(bytes, offset, length);
                behindEachPiece.run();
            };
            ending = body(method, status, fields, sink, trailers);
        } catch (IOException thrown) {
            ending = endingOf(thrown);
        }
        return new Answer(status, head, fields, body, trailers[0], List.copyOf(interims), ending, -1);
    }

    private Ending body(String method, int status, Fields fields, Wire.Sink body, Fields[] trailers)
            throws IOException {
        if (method.equals("HEAD") || status == 204 || status == 304 || status == 101) {
            return Ending.COMPLETE;
        }
        if (fields.has("Transfer-Encoding")) {
            trailers[0] = in.chunked(body);
            return Ending.COMPLETE;
        }
        if (fields.has("Content-Length")) {
            in.exactly(length(fields), body);
            return Ending.COMPLETE;
        }
        in.toEnd(body);
        return Ending.CLOSED;
    }

    private static long length(Fields fields) throws IOException {
        var lengths = fields.values("Content-Length");
        try {
            if (lengths.size() == 1) {
                return Long.parseUnsignedLong(lengths.getFirst());
            }
        } catch (NumberFormatException wrong) {
            throw new IOException("not a length: " + lengths, wrong);
        }
        throw new IOException("more than one length: " + lengths);
    }

    /// Sends a request without a body and reads the answer.
    public Answer exchange(String request) {
        return send(request).read(request.substring(0, request.indexOf(' ')));
    }

    /// Reads until the peer closes.
    ///
    /// @return how it closed, and what came before
    public Closing awaitClose() {
        var rest = new Seen();
        Ending ending;
        try {
            in.toEnd(rest::add);
            ending = Ending.CLOSED;
        } catch (SocketTimeoutException late) {
            throw new AssertionError("the connection is still open; it had " + rest.text(), late);
        } catch (IOException thrown) {
            ending = endingOf(thrown);
        }
        return new Closing(ending, rest);
    }

    /// How a connection ended.
    ///
    /// @param rest bytes before the end that no answer had consumed
    public record Closing(Ending ending, Seen rest) {}

    /// Reads up to `length` bytes of what follows, for tunnels.
    public String readText(int length) {
        var seen = new Seen();
        try {
            in.exactly(length, seen::add);
            return seen.text();
        } catch (IOException failed) {
            throw new UncheckedIOException("after " + seen.text(), failed);
        }
    }

    /// The next line without its CRLF, for heads that come in parts.
    public String readLine() {
        try {
            return in.line();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// The next byte, or -1 at the end.
    public int readByte() {
        try {
            return in.read();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Whether the peer says nothing and keeps the connection for that long.
    public boolean isQuietFor(Duration time) {
        try {
            raw.setSoTimeout((int) time.toMillis());
            return in.buffered() == 0 && in.read() == -2;
        } catch (SocketTimeoutException quiet) {
            return true;
        } catch (IOException ended) {
            return false;
        } finally {
            patience(Duration.ofSeconds(10));
        }
    }

    /// Bytes received so far (of TLS connections: inside TLS).
    public long bytesReceived() {
        return received.get();
    }

    /// Ends our direction: FIN, on TLS behind a close_notify.
    public void finish() {
        try {
            socket.shutdownOutput();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// RST.
    public void reset() {
        try {
            raw.setSoLinger(true, 0);
            raw.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// What the handshake agreed on.
    public SSLSocket tls() {
        return (SSLSocket) socket;
    }

    /// The bytes from the server as a stream, unbuffered.
    InputStream rawIn() throws IOException {
        return socket.getInputStream();
    }

    /// The client's own port.
    public int localPort() {
        return raw.getLocalPort();
    }

    @Override
    public void close() {
        try {
            socket.close();
            raw.close();
        } catch (IOException ignored) {
            // The test is over with it.
        }
    }

    private static int status(String head) throws IOException {
        if (!head.startsWith("HTTP/1.1 ") || head.length() < 12) {
            throw new IOException("not a status line: " + head);
        }
        try {
            return Integer.parseInt(head.substring(9, 12));
        } catch (NumberFormatException wrong) {
            throw new IOException("not a status line: " + head, wrong);
        }
    }

    private static Ending endingOf(IOException thrown) {
        try {
            return Ending.of(thrown);
        } catch (SocketTimeoutException late) {
            throw new AssertionError("no answer in time", late);
        } catch (IOException other) {
            throw new AssertionError("not HTTP: " + other.getMessage(), other);
        }
    }
}
