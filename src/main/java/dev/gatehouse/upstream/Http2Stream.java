package dev.gatehouse.upstream;

import java.util.function.Consumer;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.FrameType;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Jetty's stream, which knows how much of the response has come, notifies its call when the response breaks the
/// protocol, and has one way out. Confined to its loop.
final class Http2Stream extends HTTP2Stream {
    private boolean headSeen;
    private boolean responseWhole;
    private boolean lastRead;
    private boolean left;
    private @Nullable Consumer<String> whenBroken;

    Http2Stream(HTTP2Session session, int id, MetaData.Request request) {
        super(session, id, request, true);
    }

    /// Whether the upstream has ended its side; what it sent may still be unread.
    boolean isResponseWhole() {
        return responseWhole;
    }

    /// Notified, with the reason, when the stream is reset because the upstream breaks the protocol.
    void whenBroken(Consumer<String> task) {
        whenBroken = task;
    }

    /// The one way out: nobody reads any more of the response. What is queued is released and its credit goes
    /// back to the upstream; what has not ended by itself is reset, a response that came before the end of the
    /// request, too. Afterwards the session does not know the stream.
    ///
    /// @param requestSent whether the request went out in full
    void leave(boolean requestSent) {
        left = true;
        whenBroken = null;
        if (!isClosed() && !isReset() && !(requestSent && responseWhole)) {
            reset(new ResetFrame(getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
        }
        while (!lastRead) {
            var unread = readData();
            if (unread == null) {
                return;
            }
            unread.release();
        }
    }

    @Override
    public Stream.@Nullable Data readData() {
        var data = super.readData();
        if (data != null && data.frame().isEndStream()) {
            lastRead = true;
        }
        return data;
    }

    /// What came in whole is delivered in whole, whatever becomes of the connection afterwards: Jetty would throw away
    /// what is not read yet.
    @Override
    public void process(Frame frame, Callback callback) {
        if (frame instanceof HeadersFrame headers) {
            responseWhole |= headers.isEndStream();
            headSeen |= headers.getMetaData() instanceof MetaData.Response head && head.getStatus() >= 200;
        } else if (frame.getType() == FrameType.FAILURE && responseWhole && !left) {
            callback.succeeded();
            return;
        }
        super.process(frame, callback);
    }

    /// Content before the head is malformed (RFC 9113 §8.1).
    @Override
    public void process(Stream.Data data) {
        responseWhole |= data.frame().isEndStream();
        super.process(data);
        if (!headSeen && !isReset()) {
            broken(ErrorCode.PROTOCOL_ERROR, "content before the head");
        }
    }

    /// Resets the stream because of what the upstream did.
    void broken(ErrorCode error, String reason) {
        var notified = whenBroken;
        whenBroken = null;
        reset(new ResetFrame(getId(), error.code), Callback.NOOP);
        if (notified != null) {
            notified.accept(reason);
        }
    }

    /// Jetty calls this, too, when DATA does not add up to Content-Length, or comes behind the end.
    @Override
    public void reset(ResetFrame frame, Callback callback) {
        super.reset(frame, callback);
        var notified = whenBroken;
        whenBroken = null;
        if (notified != null) {
            notified.accept("content and content-length differ");
        }
    }
}
