package dev.gatehouse.listen.tcp;

import java.util.function.Consumer;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.FlowControlStrategy;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.generator.Generator;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerSession;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// Jetty's session with streams of ours. Confined to its loop.
final class Http2Session extends HTTP2ServerSession {
    private final Consumer<String> refused;
    private @Nullable Runnable whenEmpty;

    /// @param refused told of streams that are refused, with a log token
    Http2Session(
            Scheduler scheduler,
            EndPoint endPoint,
            Http2Parser parser,
            Generator generator,
            ServerSessionListener listener,
            FlowControlStrategy flowControl,
            Consumer<String> refused) {
        super(scheduler, endPoint, parser, generator, listener, flowControl);
        this.refused = refused;
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

    private void tellEmpty() {
        var waiting = whenEmpty;
        if (waiting != null && getStreams().isEmpty()) {
            whenEmpty = null;
            waiting.run();
        }
    }
}
