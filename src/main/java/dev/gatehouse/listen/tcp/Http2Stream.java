package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.Failure;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Jetty's stream, that tells its exchange when Jetty resets it: else a request would go on with its upstream though
/// nobody can be answered any more. Confined to its loop.
final class Http2Stream extends HTTP2Stream {
    private @Nullable Http2Exchange exchange;
    private long sent;
    /// Bytes of the body that came and were not read.
    private int kept;

    Http2Stream(HTTP2Session session, int id, MetaData.Request request) {
        super(session, id, request, false);
    }

    @Nullable
    Http2Exchange exchange() {
        return exchange;
    }

    void exchange(Http2Exchange its) {
        exchange = its;
    }

    /// Content that was handed to the connection so far.
    long contentSent() {
        return sent;
    }

    @Override
    public int updateSendWindow(int delta) {
        if (delta < 0) {
            sent -= delta;
            ((Http2Session) getSession()).traffic().sent(-delta);
            var its = exchange;
            if (its != null && its.writing()) {
                its.holdsMemory();
            }
        }
        return super.updateSendWindow(delta);
    }

    @Override
    public void process(Data data) {
        kept += data.frame().remaining();
        super.process(data);
        tellKept();
    }

    @Override
    public @Nullable Data readData() {
        var data = super.readData();
        if (data != null) {
            kept -= data.frame().remaining();
            tellKept();
        }
        return data;
    }

    private void tellKept() {
        var its = exchange;
        if (its != null) {
            its.bodyKept(kept > 0);
        }
    }

    @Override
    public void reset(ResetFrame frame, Callback callback) {
        over(failureOf(frame.getError()));
        super.reset(frame, callback);
    }

    /// Called when a reset of the session's is sent, or nothing can be sent any more.
    @Override
    public void close() {
        super.close();
        over(Failure.STREAM_FLOW);
    }

    private void over(Failure failure) {
        var its = exchange;
        if (its != null) {
            its.clientGone(failure);
        }
    }

    /// Jetty resets a stream when its DATA does not add up to Content-Length (RFC 9113 §8.1.1), comes behind its end
    /// (§5.1), or cannot be written.
    private static Failure failureOf(int error) {
        if (error == ErrorCode.PROTOCOL_ERROR.code) {
            return Failure.STREAM_LENGTH;
        }
        return error == ErrorCode.STREAM_CLOSED_ERROR.code ? Failure.STREAM_MALFORMED : Failure.CLIENT_ABORTED;
    }
}
