package dev.gatehouse.listen.tcp;

import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.FlowControlStrategy;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.generator.Generator;
import org.eclipse.jetty.http2.parser.ServerParser;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerSession;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/// Jetty's HTTP/2 session, which ignores DATA on streams that are closed. That is right where we closed them, but who
/// sends DATA behind its own END_STREAM or RST_STREAM has lost count (RFC 9113 §5.1). Confined to its loop.
final class FrontSession extends HTTP2ServerSession {
    /// As many of the latest as are remembered; a power of 2.
    private static final int REMEMBERED = 64;

    private final int[] endedByClient = new int[REMEMBERED];
    private int next;

    FrontSession(
            Scheduler scheduler,
            EndPoint endPoint,
            ServerParser parser,
            Generator generator,
            ServerSessionListener listener,
            FlowControlStrategy flowControl) {
        super(scheduler, endPoint, parser, generator, listener, flowControl);
    }

    private void ended(int stream) {
        endedByClient[next++ & (REMEMBERED - 1)] = stream;
    }

    private boolean endedByClient(int stream) {
        for (int known : endedByClient) {
            if (known == stream) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void onHeaders(HeadersFrame frame) {
        if (frame.isEndStream()) {
            ended(frame.getStreamId());
        }
        super.onHeaders(frame);
    }

    @Override
    public void onReset(ResetFrame frame) {
        ended(frame.getStreamId());
        super.onReset(frame);
    }

    @Override
    public void onData(Stream.Data data) {
        var frame = data.frame();
        int id = frame.getStreamId();
        if (getStream(id) == null && endedByClient(id)) {
            onConnectionFailure(ErrorCode.STREAM_CLOSED_ERROR.code, "data_frame_on_closed_stream");
            return;
        }
        if (frame.isEndStream()) {
            ended(id);
        }
        super.onData(data);
    }
}
