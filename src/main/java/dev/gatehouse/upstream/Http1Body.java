package dev.gatehouse.upstream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/// A request's body in HTTP/1.1 (RFC 9112 §6): as long as its head says, or in chunks. The head goes with the first
/// piece. Confined to its loop.
final class Http1Body extends BodyPump {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final EndPoint endPoint;
    private final boolean chunked;
    private final ByteBuffer chunkLine = ByteBuffer.allocateDirect(24);
    private @Nullable ByteBuffer head;
    private boolean chunkOpen;

    Http1Body(Owner owner, UpstreamCall call, EndPoint endPoint, ByteBuffer head) {
        super(owner, call);
        this.endPoint = endPoint;
        this.chunked = call.contentLength() < 0;
        this.head = head;
    }

    @Override
    boolean hasHead() {
        return head != null;
    }

    @Override
    void writeHead() {
        endPoint.write(this, takeHead());
    }

    @Override
    void write(Content.Chunk next, boolean isLast) {
        var data = next.getByteBuffer();
        if (!chunked) {
            if (head != null) {
                endPoint.write(this, takeHead(), data);
            } else {
                endPoint.write(this, data);
            }
            return;
        }
        var first = head == null ? BufferUtil.EMPTY_BUFFER : takeHead();
        chunkLine.clear();
        if (chunkOpen) {
            chunkLine.put(CRLF);
            chunkOpen = false;
        }
        if (data.hasRemaining()) {
            BufferUtil.putHexInt(chunkLine, data.remaining());
            chunkLine.put(CRLF);
            chunkOpen = true;
        }
        chunkLine.flip();
        if (isLast) {
            endPoint.write(this, first, chunkLine, data, end(next));
        } else {
            endPoint.write(this, first, chunkLine, data);
        }
    }

    private ByteBuffer end(Content.Chunk next) {
        var text = new StringBuilder();
        if (chunkOpen) {
            text.append("\r\n");
        }
        text.append(new String(LAST_CHUNK, StandardCharsets.ISO_8859_1));
        if (next instanceof Trailers trailers) {
            for (HttpField field : trailers.getTrailers()) {
                text.append(field.getName())
                        .append(": ")
                        .append(field.getValue())
                        .append("\r\n");
            }
        }
        text.append("\r\n");
        return BufferUtil.toDirectBuffer(text.toString(), StandardCharsets.ISO_8859_1);
    }

    private ByteBuffer takeHead() {
        var taken = head;
        head = null;
        return taken == null ? BufferUtil.EMPTY_BUFFER : taken;
    }
}
