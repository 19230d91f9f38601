package dev.gatehouse.upstream;

import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.FrameType;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Jetty's stream, that knows whether the whole answer has come, and tells its call when Jetty resets it. Confined to
/// its loop.
final class Http2Stream extends HTTP2Stream {
    private boolean answerWhole;
    private @Nullable Runnable whenReset;

    Http2Stream(HTTP2Session session, int id, MetaData.Request request) {
        super(session, id, request, true);
    }

    /// Whether the upstream has ended its side; what it sent may still be unread.
    boolean isAnswerWhole() {
        return answerWhole;
    }

    /// Told when Jetty finds that DATA does not add up to Content-Length, or comes behind the end.
    void whenReset(Runnable task) {
        whenReset = task;
    }

    /// What came in whole is delivered in whole, whatever becomes of the connection afterwards: Jetty would throw away
    /// what is not read yet.
    @Override
    public void process(Frame frame, Callback callback) {
        if (frame instanceof HeadersFrame headers && headers.isEndStream()) {
            answerWhole = true;
        } else if (frame.getType() == FrameType.FAILURE && answerWhole) {
            callback.succeeded();
            return;
        }
        super.process(frame, callback);
    }

    @Override
    public void process(Stream.Data data) {
        if (data.frame().isEndStream()) {
            answerWhole = true;
        }
        super.process(data);
    }

    @Override
    public void reset(ResetFrame frame, Callback callback) {
        super.reset(frame, callback);
        var told = whenReset;
        whenReset = null;
        if (told != null) {
            told.run();
        }
    }
}
