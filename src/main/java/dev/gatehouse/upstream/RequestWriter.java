package dev.gatehouse.upstream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/// Writes request heads (RFC 9112 §3) into a buffer of its own, which is reused. Confined to its loop.
final class RequestWriter {
    private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] CHUNKED = "Transfer-Encoding: chunked\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] CONTENT_LENGTH = "Content-Length: ".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] CONNECTION_TE = "Connection: TE\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final int INITIAL = 2048;
    private static final int SPARE = 64;
    private static final int CHUNK_LINE = 24;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(INITIAL);
    private @Nullable ByteBuffer chunkLine;

    /// How the body of a request is told to the upstream.
    enum Framing {
        NONE,
        LENGTH,
        CHUNKED
    }

    /// Whether the method usually has a body, so that a request without one says so (RFC 9110 §8.6).
    static boolean saysThatThereIsNone(String method) {
        return switch (method) {
            case "POST", "PUT", "PATCH" -> true;
            default -> false;
        };
    }

    /// How a body of that length is told; -1 where the length is not known.
    static Framing framing(String method, long length) {
        if (length < 0) {
            return Framing.CHUNKED;
        }
        return length > 0 || saysThatThereIsNone(method) ? Framing.LENGTH : Framing.NONE;
    }

    /// The head of a request, valid until the next call.
    ///
    /// @param fields their own `Content-Length` and `Transfer-Encoding` are left out: `framing` and `length` say it
    /// @throws IllegalArgumentException a control character in a name or value: nothing may be sent (RFC 9110 §5.5)
    ByteBuffer write(String method, String target, HttpFields fields, Framing framing, long length) {
        buffer.clear();
        ascii(method);
        room(1);
        buffer.put((byte) ' ');
        ascii(target);
        room(VERSION.length);
        buffer.put(VERSION);
        for (HttpField field : fields) {
            var header = field.getHeader();
            if (header != HttpHeader.CONTENT_LENGTH && header != HttpHeader.TRANSFER_ENCODING) {
                field(field, header);
                if (header == HttpHeader.TE) {
                    room(CONNECTION_TE.length);
                    buffer.put(CONNECTION_TE); // RFC 9110 §10.1.4
                }
            }
        }
        switch (framing) {
            case NONE -> {}
            case CHUNKED -> {
                room(CHUNKED.length);
                buffer.put(CHUNKED);
            }
            case LENGTH -> {
                room(CONTENT_LENGTH.length + SPARE);
                buffer.put(CONTENT_LENGTH);
                BufferUtil.putDecLong(buffer, length);
                crlf();
            }
        }
        room(2);
        crlf();
        buffer.flip();
        return buffer;
    }

    /// A place for what stands before a chunk, and behind the last one; the same for all requests.
    ByteBuffer chunkLine() {
        var known = chunkLine;
        if (known == null) {
            known = ByteBuffer.allocateDirect(CHUNK_LINE);
            chunkLine = known;
        }
        return known;
    }

    private void field(HttpField field, HttpHeader header) {
        if (field instanceof PreEncodedHttpField encoded) {
            room(encoded.getEncodedLength(HttpVersion.HTTP_1_1));
            encoded.putTo(buffer, HttpVersion.HTTP_1_1);
            return;
        }
        if (header != null) {
            byte[] name = header.getBytesColonSpace();
            room(name.length);
            buffer.put(name);
        } else {
            ascii(field.getName());
            room(2);
            buffer.put((byte) ':').put((byte) ' ');
        }
        var value = field.getValue();
        if (value != null) {
            ascii(value);
        }
        room(2);
        crlf();
    }

    private void crlf() {
        buffer.put((byte) '\r').put((byte) '\n');
    }

    private void ascii(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (byte b : bytes) {
            if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7f) {
                throw new IllegalArgumentException("control character in a request");
            }
        }
        room(bytes.length);
        buffer.put(bytes);
    }

    private void room(int bytes) {
        if (buffer.remaining() < bytes + SPARE) {
            int capacity = Math.max(buffer.capacity() * 2, buffer.position() + bytes + INITIAL);
            buffer.flip();
            buffer = ByteBuffer.allocateDirect(capacity).put(buffer);
        }
    }
}
