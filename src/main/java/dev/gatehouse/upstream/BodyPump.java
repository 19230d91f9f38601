package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import dev.gatehouse.http.RequestFailure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/// Carries a request's body from the client to the upstream, a piece at a time: the next piece is read when the last
/// one is written. The head goes with the first piece. Confined to its loop.
final class BodyPump extends IteratingCallback {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final Http1Connection connection;
    private final UpstreamCall call;
    private final EndPoint endPoint;
    private final boolean chunked;
    private final ByteBuffer chunkLine = ByteBuffer.allocateDirect(24);
    private @Nullable ByteBuffer head;
    private Content.@Nullable Chunk piece;
    private long left;
    private boolean held;
    private boolean last;
    private boolean stopped;
    private boolean chunkOpen;

    BodyPump(Http1Connection connection, UpstreamCall call, EndPoint endPoint) {
        super();
        this.connection = connection;
        this.call = call;
        this.endPoint = endPoint;
        this.chunked = call.contentLength() < 0;
        this.left = call.contentLength();
    }

    /// @param hold whether the body waits for [#go]; it goes as well when the client sends it unasked
    void start(ByteBuffer requestHead, boolean hold) {
        head = requestHead;
        held = hold;
        iterate();
    }

    /// The upstream wants the body, or is not asked any longer.
    ///
    /// @return whether it was held back until now
    boolean go() {
        boolean was = held;
        held = false;
        return was;
    }

    void stop() {
        stopped = true;
        abort(new RequestFailure(Failure.CLIENT_ABORTED, "stopped"));
    }

    @Override
    protected Action process() {
        if (stopped) {
            return Action.SUCCEEDED;
        }
        if (last) {
            connection.bodySent();
            return Action.SUCCEEDED;
        }
        if (held && head != null) {
            connection.bodyWriting();
            endPoint.write(this, takeHead());
            return Action.SCHEDULED;
        }
        var next = call.body().read();
        if (next == null) {
            if (head != null) {
                connection.bodyWriting();
                endPoint.write(this, takeHead());
                return Action.SCHEDULED;
            }
            call.body().demand(this::iterate);
            return Action.IDLE;
        }
        held = false;
        if (Content.Chunk.isFailure(next)) {
            stopped = true;
            if (next.getFailure() instanceof RequestFailure known) {
                connection.bodyFailed(known.failure(), String.valueOf(known.getMessage()));
            } else {
                connection.bodyFailed(Failure.CLIENT_ABORTED, String.valueOf(next.getFailure()));
            }
            return Action.SUCCEEDED;
        }
        call.bodyTaken();
        piece = next;
        last = next.isLast();
        return send(next);
    }

    private Action send(Content.Chunk next) {
        connection.bodyWriting();
        var data = next.getByteBuffer();
        if (!chunked) {
            left -= data.remaining();
            if (left < 0 || (last && left > 0)) {
                stopped = true;
                next.release();
                piece = null;
                connection.bodyFailed(Failure.STREAM_MALFORMED, "body and content-length differ");
                return Action.SUCCEEDED;
            }
            if (head != null) {
                endPoint.write(this, takeHead(), data);
            } else {
                endPoint.write(this, data);
            }
            return Action.SCHEDULED;
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
        if (!last) {
            endPoint.write(this, first, chunkLine.flip(), data);
            return Action.SCHEDULED;
        }
        chunkLine.flip();
        endPoint.write(this, first, chunkLine, data, end(next));
        return Action.SCHEDULED;
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

    @Override
    protected void onSuccess() {
        connection.bodyWritten();
        releasePiece();
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
        releasePiece();
        if (!stopped) {
            stopped = true;
            connection.writeFailed(cause);
        }
    }

    private void releasePiece() {
        var done = piece;
        piece = null;
        if (done != null) {
            done.release();
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
