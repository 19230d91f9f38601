package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Reads HTTP/1 from a socket, byte-exact and without forgiveness. One thread.
public final class Wire {
    /// Takes body bytes as they come.
    public interface Sink {
        void take(byte[] bytes, int offset, int length) throws IOException;
    }

    /// TLS where plaintext was expected.
    static final class TlsHere extends IOException {
        private static final long serialVersionUID = 1;
    }

    private static final int TLS_HANDSHAKE = 0x16;

    private final InputStream in;
    private final AtomicLong counter;
    private final byte[] buffer;
    private final StringBuilder chunkExtensions = new StringBuilder();
    private int from;
    private int to;

    /// @param counter counts every byte that arrives
    /// @param bufferBytes how much is read at a time
    public Wire(InputStream in, AtomicLong counter, int bufferBytes) {
        this.in = in;
        this.counter = counter;
        this.buffer = new byte[bufferBytes];
    }

    /// The next byte; -1 at the end.
    int read() throws IOException {
        return from < to || fill() ? buffer[from++] & 0xff : -1;
    }

    /// What is there, at least one byte; -1 at the end.
    int read(byte[] target, int offset, int length) throws IOException {
        if (from == to && !fill()) {
            return -1;
        }
        int size = Math.min(length, to - from);
        System.arraycopy(buffer, from, target, offset, size);
        from += size;
        return size;
    }

    /// Everything up to and with the empty line; null when the peer closes before the first byte.
    ///
    /// @throws EOFException the peer closes in the head
    /// @throws TlsHere the peer begins a TLS handshake
    @Nullable
    public String head() throws IOException {
        var bytes = new ByteArrayOutputStream();
        int inRow = 0; // CR LF CR LF
        while (inRow < 4) {
            int next = read();
            if (next < 0) {
                if (bytes.size() == 0) {
                    return null;
                }
                throw new EOFException("end in the head: " + bytes.toString(ISO_8859_1));
            }
            if (next == TLS_HANDSHAKE && bytes.size() == 0) {
                throw new TlsHere();
            }
            bytes.write(next);
            boolean wanted = next == (inRow % 2 == 0 ? '\r' : '\n');
            inRow = wanted ? inRow + 1 : next == '\r' ? 1 : 0;
        }
        return bytes.toString(ISO_8859_1);
    }

    /// A line without its CRLF.
    String line() throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (true) {
            int next = read();
            if (next < 0) {
                throw new EOFException("end in a line: " + bytes.toString(ISO_8859_1));
            }
            bytes.write(next);
            if (next == '\n') {
                var line = bytes.toString(ISO_8859_1);
                if (!line.endsWith("\r\n")) {
                    throw new IOException("bare LF behind: " + line);
                }
                return line.substring(0, line.length() - 2);
            }
        }
    }

    /// Exactly that many bytes.
    public void exactly(long length, Sink sink) throws IOException {
        for (long left = length; left > 0; ) {
            if (from == to && !fill()) {
                throw new EOFException("end with " + left + " of " + length + " bytes missing");
            }
            int size = (int) Math.min(left, to - from);
            sink.take(buffer, from, size);
            from += size;
            left -= size;
        }
    }

    /// A chunked body with its trailer section.
    public Fields chunked(Sink sink) throws IOException {
        while (true) {
            var line = line();
            int extension = line.indexOf(';');
            if (extension >= 0) {
                chunkExtensions.append(line.substring(extension));
            }
            long size = chunkSize(extension < 0 ? line : line.substring(0, extension));
            if (size == 0) {
                var trailers = new StringBuilder();
                for (var trailer = line(); !trailer.isEmpty(); trailer = line()) {
                    trailers.append(trailer).append("\r\n");
                }
                return Fields.ofLines(trailers.toString());
            }
            exactly(size, sink);
            if (!line().isEmpty()) {
                throw new IOException("no CRLF behind a chunk of " + size);
            }
        }
    }

    private static long chunkSize(String hex) throws IOException {
        try {
            return Long.parseUnsignedLong(hex.strip(), 16);
        } catch (NumberFormatException wrong) {
            throw new IOException("not a chunk size: " + hex, wrong);
        }
    }

    /// All chunk extensions so far.
    String chunkExtensions() {
        return chunkExtensions.toString();
    }

    /// Everything up to the end.
    void toEnd(Sink sink) throws IOException {
        while (from < to || fill()) {
            sink.take(buffer, from, to - from);
            from = to;
        }
    }

    /// Bytes that were read from the socket but not asked for yet.
    int buffered() {
        return to - from;
    }

    private boolean fill() throws IOException {
        int size = in.read(buffer);
        if (size < 0) {
            return false;
        }
        counter.addAndGet(size);
        from = 0;
        to = size;
        return true;
    }
}
