package dev.gatehouse.loop;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts the connections of one listening socket, on one loop. When there is no room for another client, or the
/// process has no file descriptor left, it pauses instead of spinning: newcomers wait in the kernel's queue.
public abstract class Acceptor implements ManagedSelector.Selectable {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final int BATCH = 64;
    private static final long PAUSE_MILLIS = 100;
    private static final long COMPLAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ServerSocketChannel server;
    private final Loop loop;
    private final Runnable accept =
            Invocable.from(Invocable.InvocationType.NON_BLOCKING, () -> acceptBatch(BATCH, false));
    private @Nullable SelectionKey key;
    private boolean paused;
    private long complained = System.nanoTime() - COMPLAIN_NANOS;

    /// @param server bound and non-blocking
    /// @param loop the one it is watched by
    protected Acceptor(ServerSocketChannel server, Loop loop) {
        this.server = server;
        this.loop = loop;
    }

    /// A new connection, non-blocking and with TCP_NODELAY. On the acceptor's loop.
    ///
    /// @throws IOException closes the channel
    protected abstract void accepted(SocketChannel channel) throws IOException;

    /// Whether there is room for one more. Where there is none, [#resume] is called when that changes; it is also asked
    /// again after a while. On the acceptor's loop.
    ///
    /// @param last whether the socket is about to close, and who still waits would be reset
    protected abstract Room room(boolean last);

    /// The room for another client.
    public enum Room {
        /// There is some.
        YES,
        /// Those who were accepted keep the loops busy.
        LATER,
        /// There are not enough file descriptors.
        NO_FILES
    }

    /// Goes on after a pause. Any thread.
    public void resume() {
        loop.execute(this::goOn);
    }

    private void goOn() {
        if (paused) {
            paused = false;
            interest(SelectionKey.OP_ACCEPT);
        }
    }

    /// Accepts whom the kernel has accepted already, then closes the socket. Any thread, once; done soon.
    ///
    /// @param whenDone on the acceptor's loop
    public void retire(Runnable whenDone) {
        loop.execute(() -> {
            var known = key;
            if (known != null) {
                known.cancel();
            }
            // A socket that is still known to the selector is closed only when the selector has forgotten it, and
            // whom the kernel accepts meanwhile is lost.
            loop.yieldTo(() -> {
                acceptBatch(Integer.MAX_VALUE, true);
                try {
                    server.close();
                } catch (IOException gone) {
                    LOG.debug("closing a listener failed", gone);
                }
                whenDone.run();
            });
        });
    }

    /// Looks for clients, as it does when the selector tells; a socket that was closed in order has nothing to do. Any
    /// thread.
    ///
    /// @param alive on the acceptor's loop, unless it cannot accept any more
    public void probe(Runnable alive) {
        loop.execute(() -> {
            var known = key;
            boolean closed = !server.isOpen();
            if (!closed && known != null && known.isValid() && known.interestOps() != 0) {
                acceptBatch(BATCH, false);
            }
            if (closed || (known != null && known.isValid())) {
                alive.run();
            }
        });
    }

    Loop loop() {
        return loop;
    }

    void key(SelectionKey registered) {
        key = registered;
    }

    void failed(IOException cause) {
        if (server.isOpen()) {
            LOG.error("listener failed cause=\"{}\"", cause.toString());
        }
    }

    @Override
    public Runnable onSelected() {
        return accept;
    }

    @Override
    public void updateKey() {}

    @Override
    public void replaceKey(SelectionKey newKey) {
        key = newKey;
    }

    private void acceptBatch(int most, boolean last) {
        for (int left = most; left > 0; left--) {
            var room = room(last);
            if (room != Room.YES) {
                pause(room, "the reserve is for those who are there");
                break;
            }
            SocketChannel channel;
            try {
                channel = server.accept();
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException exhausted) {
                pause(Room.NO_FILES, String.valueOf(exhausted.getMessage()));
                break;
            }
            if (channel == null) {
                break;
            }
            try {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                accepted(channel);
            } catch (IOException gone) {
                close(channel);
            }
        }
        Loop.require().runLater();
    }

    private void pause(Room why, String cause) {
        if (why == Room.NO_FILES && System.nanoTime() - complained >= COMPLAIN_NANOS) {
            complained = System.nanoTime();
            LOG.warn("accepting paused reason=fd.limit cause=\"{}\" hint=\"raise the limit of open files\"", cause);
        }
        paused = true;
        interest(0);
        loop.schedule(this::goOn, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void interest(int ops) {
        var known = key;
        if (known == null) {
            return;
        }
        try {
            known.interestOps(ops);
        } catch (CancelledKeyException closed) {
            // The listener was closed meanwhile.
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException gone) {
            // Closed is what it should be.
        }
    }
}
