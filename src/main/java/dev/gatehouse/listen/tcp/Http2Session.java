package dev.gatehouse.listen.tcp;

import java.util.function.Consumer;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.FlowControlStrategy;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.generator.Generator;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerSession;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// Jetty's session with streams of ours. Confined to its loop.
final class Http2Session extends HTTP2ServerSession {
    /// As many of the latest as are remembered; a power of 2.
    private static final int REMEMBERED = 64;

    private final int[] endedByClient = new int[REMEMBERED];
    private final Consumer<String> refused;
    private final Traffic traffic;
    private int next;
    private @Nullable Runnable whenEmpty;

    /// @param traffic what is carried
    /// @param refused told of streams that are refused, with a log token
    Http2Session(
            Scheduler scheduler,
            EndPoint endPoint,
            Http2Parser parser,
            Generator generator,
            ServerSessionListener listener,
            FlowControlStrategy flowControl,
            Traffic traffic,
            Consumer<String> refused) {
        super(scheduler, endPoint, parser, generator, listener, flowControl);
        this.traffic = traffic;
        this.refused = refused;
    }

    Traffic traffic() {
        return traffic;
    }

    @Override
    protected HTTP2Stream newStream(int id, MetaData.Request request, boolean local) {
        return new Http2Stream(this, id, request);
    }

    @Override
    protected @Nullable HTTP2Stream createRemoteStream(int id, MetaData.Request request) {
        var made = super.createRemoteStream(id, request);
        if (made == null && !isClosed()) {
            refused.accept("h2.streams");
        }
        return made;
    }

    /// Whether a piece of a response is on its way.
    ///
    /// @param id of its stream; 0 for any
    boolean isWriting(int id) {
        if (id != 0) {
            return isWriting(getStream(id));
        }
        for (var stream : getStreams()) {
            if (isWriting(stream)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWriting(@Nullable Stream stream) {
        var exchange = stream instanceof Http2Stream ours ? ours.exchange() : null;
        return exchange != null && exchange.writing();
    }

    /// Whether there is an exchange that has not ended.
    boolean isServing() {
        for (var stream : getStreams()) {
            var exchange = stream instanceof Http2Stream ours ? ours.exchange() : null;
            if (exchange != null && !exchange.ended()) {
                return true;
            }
        }
        return false;
    }

    private void endedByClient(int stream) {
        endedByClient[next++ & (REMEMBERED - 1)] = stream;
    }

    private boolean isEndedByClient(int stream) {
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
            endedByClient(frame.getStreamId());
        }
        super.onHeaders(frame);
    }

    @Override
    public void onReset(ResetFrame frame) {
        endedByClient(frame.getStreamId());
        super.onReset(frame);
    }

    /// Jetty ignores DATA on closed streams. That is right where we closed them, but who sends DATA behind its own
    /// END_STREAM or RST_STREAM has lost count (RFC 9113 §5.1).
    @Override
    public void onData(Stream.Data data) {
        var frame = data.frame();
        int id = frame.getStreamId();
        traffic.received(frame.remaining());
        if (getStream(id) == null && isEndedByClient(id)) {
            onConnectionFailure(ErrorCode.STREAM_CLOSED_ERROR.code, "data_frame_on_closed_stream");
            return;
        }
        if (frame.isEndStream()) {
            endedByClient(id);
        }
        super.onData(data);
    }

    /// Jetty's parser calls PUSH_PROMISE from a client an internal error; it is the client's (RFC 9113 §8.4).
    @Override
    public void onConnectionFailure(int error, String reason) {
        boolean pushed = reason.equals("unsupported_push_promise_frame");
        super.onConnectionFailure(pushed ? ErrorCode.PROTOCOL_ERROR.code : error, reason);
    }

    /// The end, with GOAWAY written where that was possible.
    @Override
    public void disconnect() {
        var end = getEndPoint();
        if (end.isOpen() && end.getConnection() instanceof Http2Connection connection) {
            connection.linger();
        } else {
            end.close();
        }
    }

    /// Runs a task as soon as there is no stream.
    void whenEmpty(Runnable task) {
        whenEmpty = task;
        tellEmpty();
    }

    @Override
    public boolean removeStream(Stream stream) {
        boolean removed = super.removeStream(stream);
        if (whenEmpty != null) {
            tellEmpty();
        }
        return removed;
    }

    /// How much content the client's windows allow.
    int window(Http2Stream stream) {
        return Math.min(stream.getSendWindow(), getSendWindow());
    }

    /// Whether the client has yet to read what was written.
    boolean isWriting() {
        return getEndPoint() instanceof AbstractEndPoint end
                && end.getWriteFlusher().isPending();
    }

    private void tellEmpty() {
        var waiting = whenEmpty;
        if (waiting != null && getStreams().isEmpty()) {
            whenEmpty = null;
            waiting.run();
        }
    }
}
