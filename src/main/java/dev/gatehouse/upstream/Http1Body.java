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
    private static final ByteBuffer END =
            BufferUtil.toDirectBuffer("0\r\n\r\n", StandardCharsets.ISO_8859_1).asReadOnlyBuffer();
    private static final ByteBuffer END_BEHIND_A_CHUNK = BufferUtil.toDirectBuffer(
                    "\r\n0\r\n\r\n", StandardCharsets.ISO_8859_1)
            .asReadOnlyBuffer();

    private final EndPoint endPoint;
    /// Null where the length is known.
    private final @Nullable ByteBuffer chunkLine;

    private @Nullable ByteBuffer head;
    private boolean chunkOpen;

    /// @param writer of the connection, whose places are used
    Http1Body(Owner owner, UpstreamCall call, EndPoint endPoint, RequestWriter writer, ByteBuffer head) {
        super(owner, call);
        this.endPoint = endPoint;
        this.chunkLine = call.contentLength() < 0 ? writer.chunkLine() : null;
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
        var line = chunkLine;
        if (line == null) {
            if (head != null) {
                endPoint.write(this, takeHead(), data);
            } else {
                endPoint.write(this, data);
            }
            return;
        }
        var first = head == null ? BufferUtil.EMPTY_BUFFER : takeHead();
        line.clear();
        if (chunkOpen) {
            line.put(CRLF);
            chunkOpen = false;
        }
        if (data.hasRemaining()) {
            BufferUtil.putHexInt(line, data.remaining());
            line.put(CRLF);
            chunkOpen = true;
        }
        line.flip();
        if (isLast) {
            endPoint.write(this, first, line, data, end(next));
        } else {
            endPoint.write(this, first, line, data);
        }
    }

    private ByteBuffer end(Content.Chunk next) {
        if (!(next instanceof Trailers trailers)) {
            return (chunkOpen ? END_BEHIND_A_CHUNK : END).duplicate();
        }
        var text = new StringBuilder(chunkOpen ? "\r\n0\r\n" : "0\r\n");
        for (HttpField field : trailers.getTrailers()) {
            text.append(field.getName()).append(": ").append(field.getValue()).append("\r\n");
        }
        return BufferUtil.toBuffer(text.append("\r\n").toString(), StandardCharsets.ISO_8859_1);
    }

    private ByteBuffer takeHead() {
        var taken = head;
        head = null;
        return taken == null ? BufferUtil.EMPTY_BUFFER : taken;
    }
}
