package dev.gatehouse.proxy;

import dev.gatehouse.upstream.Switched;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/// Two connections that left HTTP, tied together: what one says the other gets, an end of either is passed on, and
/// silence in both directions ends both. Confined to its loop.
final class Tunnel {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final ByteBufferPool buffers;
    private final Switched upstream;
    private final Duration idle;
    private final Consumer<Tunnel> whenEnded;
    private @Nullable End client;
    private @Nullable End server;
    private boolean ended;

    /// @param idle zero is no limit
    /// @param whenEnded told once, when both connections are closed
    Tunnel(ByteBufferPool buffers, Switched upstream, Duration idle, Consumer<Tunnel> whenEnded) {
        this.buffers = buffers;
        this.upstream = upstream;
        this.idle = idle;
        this.whenEnded = whenEnded;
    }

    /// Makes both ends. The client's takes over when the 101 is sent; then the upstream's is opened too.
    Connection client(EndPoint endPoint) {
        Executor executor = Runnable::run;
        var ours = new End(endPoint, executor);
        var theirs = new End(upstream.endPoint(), executor);
        ours.peer = theirs;
        theirs.peer = ours;
        client = ours;
        server = theirs;
        return ours;
    }

    long bytesToClient() {
        return server == null ? 0 : server.carried;
    }

    long bytesToUpstream() {
        return client == null ? 0 : client.carried;
    }

    /// The client will never take its end over; nobody is told.
    void abandon() {
        ended = true;
        upstream.endPoint().close();
    }

    private void endBoth(Throwable cause) {
        if (ended) {
            return;
        }
        ended = true;
        if (client != null) {
            client.getEndPoint().close(cause);
        }
        upstream.endPoint().close(cause);
        whenEnded.accept(this);
    }

    private final class End extends AbstractConnection implements Connection.UpgradeTo {
        private @Nullable End peer;
        private @Nullable RetainableByteBuffer buffer;
        private @Nullable ByteBuffer early;
        private boolean finished;
        private long carried;

        End(EndPoint endPoint, Executor executor) {
            super(endPoint, executor);
        }

        @Override
        public void onUpgradeTo(ByteBuffer bytes) {
            early = BufferUtil.copy(bytes);
        }

        @Override
        public void onOpen() {
            super.onOpen();
            getEndPoint().setIdleTimeout(idle.toMillis());
            var other = peer;
            if (this == client && other != null) {
                if (upstream.early().hasRemaining()) {
                    other.early = upstream.early();
                }
                other.getEndPoint().upgrade(other);
            }
            var bytes = early;
            early = null;
            if (bytes != null && bytes.hasRemaining()) {
                pass(bytes);
            } else {
                fillInterested();
            }
        }

        @Override
        public void onFillable() {
            var current = buffer;
            if (current == null) {
                current = buffers.acquire(BUFFER_BYTES, true);
                buffer = current;
            }
            try {
                int read = getEndPoint().fill(current.getByteBuffer());
                if (read > 0) {
                    pass(current.getByteBuffer());
                    return;
                }
                release();
                if (read == 0) {
                    fillInterested();
                } else {
                    finish();
                }
            } catch (IOException broken) {
                release();
                endBoth(broken);
            }
        }

        private void pass(ByteBuffer bytes) {
            var other = peer;
            if (other == null) {
                return;
            }
            carried += bytes.remaining();
            other.getEndPoint()
                    .write(Callback.from(InvocationType.NON_BLOCKING, this::passed, cause -> endBoth(cause)), bytes);
        }

        private void passed() {
            release();
            if (!ended) {
                fillInterested();
            }
        }

        /// This side says no more.
        private void finish() {
            finished = true;
            var other = peer;
            if (other == null || other.finished) {
                endBoth(new IOException("both sides are done"));
            } else {
                other.getEndPoint().shutdownOutput();
            }
        }

        private void release() {
            var current = buffer;
            buffer = null;
            if (current != null) {
                current.release();
            }
        }

        @Override
        public void onFillInterestedFailed(Throwable cause) {
            endBoth(cause);
        }

        @Override
        public void onClose(@Nullable Throwable cause) {
            super.onClose(cause);
            endBoth(cause == null ? new IOException("closed") : cause);
        }
    }
}
