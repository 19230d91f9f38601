package dev.gatehouse.loop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// A socket on a loop. Confined to the loop's thread.
///
/// The kernel is asked to report readable bytes for the whole life of the socket, whether or not somebody waits for
/// them: taking the wish back during each request would cost two system calls. Bytes that come while nobody waits (a
/// pipelined request) are kept, up to [#EARLY_BYTES]; only then is the wish taken back. An early reset closes the
/// socket at once.
public final class LoopEndPoint extends AbstractEndPoint implements ManagedSelector.Selectable {
    /// How much is read before anybody asks for it.
    static final int EARLY_BYTES = 4096;

    private static final int PROBE_SECONDS = 60;
    private static final int PROBES = 4;

    private final SocketChannel channel;
    private final Loop loop;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final Runnable handle = Invocable.from(Invocable.InvocationType.NON_BLOCKING, this::handleReady);
    private SelectionKey key;
    private int ready;
    private int interest;
    private @Nullable ByteBuffer early;
    private boolean earlyEnd;
    /// The last read took all there was; the selector tells when there is more.
    private boolean drained;
    private long written;
    private boolean probed;
    private @Nullable Runnable whenClosed;
    private @Nullable Object attachment;

    LoopEndPoint(SocketChannel channel, Loop loop, SelectionKey key, Scheduler scheduler) throws IOException {
        super(scheduler);
        this.channel = channel;
        this.loop = loop;
        this.key = key;
        this.local = (InetSocketAddress) channel.getLocalAddress();
        this.remote = (InetSocketAddress) channel.getRemoteAddress();
    }

    /// The loop it lives on.
    public Loop loop() {
        return loop;
    }

    /// The socket itself.
    public SocketChannel channel() {
        return channel;
    }

    /// Acknowledges at once what was read (TCP_QUICKACK), where the kernel can. For when the peer speaks next: it
    /// may hold its words back until then (Nagle's algorithm), and the kernel, which hopes for an answer that
    /// carries the acknowledgement, takes 40 ms.
    public void acknowledgeNow() {
        if (!channel.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK)) {
            return;
        }
        try {
            channel.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        } catch (IOException gone) {
            close();
        }
    }

    /// Has the kernel ask the peer now and then whether it is still there: for silence without a limit.
    public void probePeer() {
        if (!probed) {
            probed = true;
            try {
                probePeer(channel);
            } catch (IOException gone) {
                close();
            }
        }
    }

    /// The same for a socket that is on no loop yet. Without an answer it breaks after two minutes of silence.
    public static void probePeer(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (channel.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, PROBE_SECONDS);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, PROBE_SECONDS / PROBES);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
        }
    }

    /// What somebody keeps here about it.
    public @Nullable Object attachment() {
        return attachment;
    }

    /// See [#attachment()].
    public void attach(Object value) {
        attachment = value;
    }

    /// Runs a task once the socket is closed, for whatever reason. On whatever thread closes it.
    public void whenClosed(Runnable task) {
        var others = whenClosed;
        whenClosed = others == null
                ? task
                : () -> {
                    others.run();
                    task.run();
                };
    }

    /// Bytes that the kernel took for the peer so far.
    public long bytesWritten() {
        return written;
    }

    /// Whether bytes are kept here that nobody has asked for yet, or the peer's end.
    public boolean hasEarly() {
        return early != null || earlyEnd;
    }

    /// Whether the peer has ended, as far as the kernel knows. What it has said meanwhile is kept.
    public boolean hasEnded() {
        readEarly();
        return earlyEnd || !isOpen();
    }

    /// Whether the peer neither says anything nor has ended, as far as the kernel knows. What is found is lost, so
    /// close the socket unless it is silent.
    ///
    /// @param probe room for a byte
    public boolean isSilent(ByteBuffer probe) {
        if (hasEarly() || isInputShutdown()) {
            return false;
        }
        try {
            probe.clear();
            return channel.read(probe) == 0;
        } catch (IOException reset) {
            return false;
        }
    }

    @Override
    public Object getTransport() {
        return channel;
    }

    @Override
    public InetSocketAddress getLocalSocketAddress() {
        return local;
    }

    @Override
    public InetSocketAddress getRemoteSocketAddress() {
        return remote;
    }

    @Override
    public @Nullable Runnable onSelected() {
        ready = key.readyOps();
        if ((ready & SelectionKey.OP_READ) != 0) {
            drained = false;
        }
        return ready == 0 ? null : handle;
    }

    /// Takes what came just now, as if the selector had told.
    public void takeWhatCame() {
        if (isOpen()) {
            ready = SelectionKey.OP_READ;
            drained = false;
            handleReady();
        }
    }

    private void handleReady() {
        int ops = ready;
        if ((ops & SelectionKey.OP_WRITE) != 0) {
            interest(interest & ~SelectionKey.OP_WRITE);
            getWriteFlusher().completeWrite();
        }
        if ((ops & SelectionKey.OP_READ) != 0 && isOpen()) {
            if (getFillInterest().isInterested()) {
                getFillInterest().fillable();
            } else {
                readEarly();
            }
        }
        loop.runLater();
    }

    @Override
    public void updateKey() {}

    @Override
    public void replaceKey(SelectionKey newKey) {
        key = newKey;
    }

    private void interest(int ops) {
        if (ops == interest) {
            return;
        }
        interest = ops;
        try {
            key.interestOps(ops);
        } catch (CancelledKeyException closed) {
            close();
        }
    }

    @Override
    protected void needsFillInterest() {
        if (early != null || earlyEnd) {
            loop.execute(() -> getFillInterest().fillable());
        } else {
            interest(interest | SelectionKey.OP_READ);
        }
    }

    /// Leaves what the peer says with the kernel until [#resumeReading] or until somebody waits for it.
    public void suspendReading() {
        interest(interest & ~SelectionKey.OP_READ);
    }

    /// See [#suspendReading].
    public void resumeReading() {
        interest(interest | SelectionKey.OP_READ);
    }

    @Override
    protected void onIncompleteFlush() {
        interest(interest | SelectionKey.OP_WRITE);
    }

    private void readEarly() {
        var buffer = early;
        if (buffer == null) {
            buffer = BufferUtil.allocate(EARLY_BYTES);
        }
        if (earlyEnd || BufferUtil.space(buffer) == 0) {
            interest(interest & ~SelectionKey.OP_READ);
            return;
        }
        int position = BufferUtil.flipToFill(buffer);
        try {
            int space = buffer.remaining();
            int read = channel.read(buffer);
            drained = read >= 0 && read < space;
            if (read < 0) {
                earlyEnd = true;
                interest(interest & ~SelectionKey.OP_READ);
            }
        } catch (IOException | OutOfMemoryError reset) {
            close(reset);
        } finally {
            BufferUtil.flipToFlush(buffer, position);
        }
        if (buffer.hasRemaining()) {
            early = buffer;
        }
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        if (isInputShutdown()) {
            return -1;
        }
        int position = BufferUtil.flipToFill(buffer);
        try {
            var kept = early;
            if (kept != null) {
                int before = buffer.position();
                BufferUtil.put(kept, buffer);
                if (!kept.hasRemaining()) {
                    early = null;
                }
                notIdle();
                return buffer.position() - before;
            }
            if (drained) {
                return 0;
            }
            int space = buffer.remaining();
            int read = earlyEnd ? -1 : channel.read(buffer);
            drained = read >= 0 && read < space;
            if (read > 0) {
                notIdle();
            } else if (read < 0) {
                shutdownInput();
            }
            return read;
        } catch (IOException reset) {
            shutdownInput();
            throw reset;
        } catch (OutOfMemoryError none) {
            shutdownInput();
            throw new IOException("no direct memory left", none);
        } finally {
            BufferUtil.flipToFlush(buffer, position);
        }
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        try {
            long taken = buffers.length == 1 ? channel.write(buffers[0]) : channel.write(buffers);
            if (taken > 0) {
                written += taken;
                notIdle();
            }
        } catch (IOException | OutOfMemoryError broken) { // of direct memory: what lies on the heap is copied there
            throw new EofException(broken);
        }
        for (var buffer : buffers) {
            if (buffer.hasRemaining()) {
                return false;
            }
        }
        return true;
    }

    @Override
    protected void doShutdownOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException gone) {
            close(gone);
        }
    }

    @Override
    protected void doClose() {
        early = null;
        try {
            channel.close();
        } catch (IOException gone) {
            // Closed is what it should be.
        }
        var told = whenClosed;
        whenClosed = null;
        if (told != null) {
            told.run();
        }
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        try {
            super.onClose(cause);
        } finally {
            loop.execute(() -> {
                var connection = getConnection();
                if (connection != null) {
                    connection.onClose(cause);
                }
            });
        }
    }

    /// Makes the close a reset (RST), so that the peer cannot take what it got for the whole.
    public void reset(Throwable cause) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException gone) {
            // Nothing left to reset.
        }
        close(cause);
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }
}
