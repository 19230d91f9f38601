package dev.gatehouse.loop;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/// All loops of the process. Client connections are spread over them in turn; what a loop's thread opens stays on it.
public final class Loops extends SelectorManager {
    private final Loop[] loops;
    private final AtomicInteger next = new AtomicInteger();
    private final LoopExecutor executor;

    private Loops(int count, LoopExecutor executor, LoopScheduler scheduler) {
        super(executor, scheduler, count);
        this.executor = executor;
        loops = new Loop[count];
        for (int i = 0; i < count; i++) {
            loops[i] = new Loop(i);
        }
        executor.loops(this);
        scheduler.loops(this);
    }

    /// Loops that are not started yet.
    ///
    /// @param count at least 1; as many as cores is right
    public static Loops create(int count) {
        return new Loops(count, new LoopExecutor(), new LoopScheduler());
    }

    /// How many there are.
    public int count() {
        return loops.length;
    }

    /// Runs tasks on the calling loop; see [LoopExecutor].
    public LoopExecutor threadPool() {
        return executor;
    }

    /// The loop at a position, from 0.
    public Loop get(int index) {
        return loops[index];
    }

    /// The loop that takes the next client connection.
    public Loop nextLoop() {
        return loops[Math.floorMod(next.getAndIncrement(), loops.length)];
    }

    /// Gives an accepted or connected channel to a loop. Any loop's thread.
    ///
    /// @param channel non-blocking
    /// @param opening makes the connection on the loop
    public void adopt(SocketChannel channel, Loop loop, Opening opening) {
        LoopThreadChoice.run(loop, () -> accept(channel, opening));
    }

    /// Watches a channel that is being connected, on the calling loop. Closing the channel ends the watch; there is no
    /// time limit.
    ///
    /// @param channel non-blocking, `connect` was called and is pending
    public void finishConnect(SocketChannel channel, Opening opening) {
        var pending = new Pending(channel, Loop.require(), opening);
        pending.loop.selector().submit(selector -> {
            try {
                channel.register(selector, SelectionKey.OP_CONNECT, pending);
            } catch (IOException closed) {
                opening.failed(closed);
            }
        });
    }

    /// A channel that is being connected. Jetty's own keeps a timer and what hangs on it long after it was given up.
    private final class Pending implements ManagedSelector.Selectable {
        private final SocketChannel channel;
        private final Loop loop;
        private final Opening opening;

        Pending(SocketChannel channel, Loop loop, Opening opening) {
            this.channel = channel;
            this.loop = loop;
            this.opening = opening;
        }

        @Override
        public Runnable onSelected() {
            return Invocable.from(Invocable.InvocationType.NON_BLOCKING, this::finish);
        }

        private void finish() {
            try {
                if (channel.finishConnect()) {
                    adopt(channel, loop, opening);
                }
            } catch (IOException refused) {
                IO.close(channel);
                opening.failed(refused);
            }
            loop.runLater();
        }

        @Override
        public void updateKey() {}

        @Override
        public void replaceKey(SelectionKey newKey) {}
    }

    /// Watches a listening socket on its acceptor's loop. Any thread.
    public void listen(ServerSocketChannel channel, Acceptor acceptor) {
        acceptor.loop().selector().submit(selector -> {
            try {
                acceptor.key(channel.register(selector, SelectionKey.OP_ACCEPT, acceptor));
            } catch (IOException closed) {
                acceptor.failed(closed);
            }
        });
    }

    @Override
    protected ManagedSelector newSelector(int id) {
        return new LoopSelector(this, loops[id]);
    }

    @Override
    protected ManagedSelector chooseSelector() {
        var chosen = LoopThreadChoice.chosen();
        var loop = chosen != null ? chosen : Loop.current();
        return (loop != null ? loop : nextLoop()).selector();
    }

    @Override
    protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector selector, SelectionKey key)
            throws IOException {
        return new LoopEndPoint((SocketChannel) channel, ((LoopSelector) selector).loop(), key, getScheduler());
    }

    @Override
    public Connection newConnection(SelectableChannel channel, EndPoint endPoint, Object attachment)
            throws IOException {
        return ((Opening) attachment).open((LoopEndPoint) endPoint);
    }

    @Override
    protected void connectionFailed(SelectableChannel channel, Throwable cause, @Nullable Object attachment) {
        if (attachment instanceof Opening opening) {
            opening.failed(cause);
        }
    }

    @Override
    protected void onAcceptFailed(SelectableChannel channel, Throwable cause, @Nullable Object attachment) {
        if (attachment instanceof Opening opening) {
            opening.failed(cause);
        }
    }
}
