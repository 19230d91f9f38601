package dev.gatehouse.memory;

import dev.gatehouse.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Retainable;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The buffers of the process. Each is charged to the budget as long as it is in use. Any thread; made for loops,
/// which keep what they give back for themselves.
///
/// Direct memory is freed by the garbage collector only, and asking for more than there is stops a loop for half a
/// second. So what was allocated once is kept, up to three quarters of the direct memory.
public final class BufferPool implements ByteBufferPool {
    private static final Logger LOG = LoggerFactory.getLogger(BufferPool.class);
    private static final int STEP = 4 * 1024;
    private static final int LARGEST = 128 * 1024;
    private static final int SIZES = LARGEST / STEP;
    private static final long COMPLAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// What a loop keeps for itself.
    private static final long MOST_OF_LOOP = 4 << 20;

    private final Budget budget;
    private final Shelf[] shelves;
    private final List<Queue<Pooled>> shared;
    private final long mostKept;
    private final AtomicLong direct = new AtomicLong();
    private final AtomicLong complained = new AtomicLong(System.nanoTime() - COMPLAIN_NANOS);
    private final AtomicLong exhausted = new AtomicLong();

    /// @param loops how many there are
    public BufferPool(Budget budget, int loops) {
        this.budget = budget;
        this.shelves = Stream.generate(Shelf::new).limit(loops).toArray(Shelf[]::new);
        this.shared = Stream.<Queue<Pooled>>generate(ConcurrentLinkedQueue::new)
                .limit(SIZES)
                .toList();
        this.mostKept = budget.limit() / 2 * 3;
    }

    /// What it charges.
    public Budget budget() {
        return budget;
    }

    /// How often there was no direct memory left since the start. Any thread.
    public long exhausted() {
        return exhausted.get();
    }

    @Override
    public RetainableByteBuffer.Mutable acquire(int size, boolean wantsDirect) {
        int index = Math.max(0, size - 1) / STEP;
        Pooled found = null;
        if (wantsDirect && index < SIZES) {
            var shelf = shelf();
            found = shelf == null ? null : shelf.take(index);
            if (found == null) {
                found = shared.get(index).poll();
            }
        }
        if (found == null) {
            found = index < SIZES ? allocate((index + 1) * STEP, wantsDirect) : allocate(size, wantsDirect);
        }
        found.counter.acquire();
        budget.hold(found.capacity());
        return found;
    }

    private Pooled allocate(int capacity, boolean wantsDirect) {
        if (!wantsDirect) {
            return new Pooled(BufferUtil.allocate(capacity), new Count());
        }
        direct.addAndGet(capacity);
        try {
            return new Pooled(BufferUtil.allocateDirect(capacity), new Count());
        } catch (OutOfMemoryError none) {
            direct.addAndGet(-capacity);
            complain(none);
            // The heap may have room; what is written from there is copied once more.
            return new Pooled(BufferUtil.allocate(capacity), new Count());
        }
    }

    private void complain(OutOfMemoryError cause) {
        exhausted.incrementAndGet();
        budget.exhausted();
        long last = complained.get();
        long now = System.nanoTime();
        if (now - last >= COMPLAIN_NANOS && complained.compareAndSet(last, now)) {
            LOG.error(
                    "direct memory is used up reason=memory.direct held={} limit={} times={} cause=\"{}\""
                            + " hint=\"raise -XX:MaxDirectMemorySize\"",
                    budget.held(),
                    budget.limit(),
                    exhausted.get(),
                    cause.getMessage());
        }
    }

    private void giveBack(Pooled buffer) {
        int capacity = buffer.capacity();
        budget.release(capacity);
        if (!buffer.isDirect()) {
            return;
        }
        if (capacity > LARGEST || direct.get() > mostKept) {
            direct.addAndGet(-capacity);
            return;
        }
        BufferUtil.reset(buffer.getByteBuffer());
        int index = (capacity - 1) / STEP;
        var shelf = shelf();
        if (shelf == null || !shelf.put(index, buffer)) {
            shared.get(index).add(buffer);
        }
    }

    private @Nullable Shelf shelf() {
        var loop = Loop.current();
        return loop == null ? null : shelves[loop.index()];
    }

    /// Frees what is not in use.
    @Override
    public void clear() {
        for (var queue : shared) {
            for (var buffer = queue.poll(); buffer != null; buffer = queue.poll()) {
                direct.addAndGet(-buffer.capacity());
            }
        }
    }

    /// What a loop has in store. Confined to its loop.
    private static final class Shelf {
        private final @Nullable ArrayDeque<Pooled>[] bySize = newArray();
        private long bytes;

        @SuppressWarnings({"unchecked", "rawtypes"})
        private static @Nullable ArrayDeque<Pooled>[] newArray() {
            return new ArrayDeque[SIZES];
        }

        @Nullable
        Pooled take(int index) {
            var its = bySize[index];
            var found = its == null ? null : its.pollLast();
            if (found != null) {
                bytes -= found.capacity();
            }
            return found;
        }

        /// @return whether there was room
        boolean put(int index, Pooled buffer) {
            if (bytes + buffer.capacity() > MOST_OF_LOOP) {
                return false;
            }
            var its = bySize[index];
            if (its == null) {
                its = new ArrayDeque<>();
                bySize[index] = its;
            }
            bytes += buffer.capacity();
            its.addLast(buffer);
            return true;
        }
    }

    /// Counts who uses a buffer; nobody at first.
    private static final class Count extends Retainable.ReferenceCounter {
        Count() {
            super(0);
        }
    }

    private final class Pooled extends RetainableByteBuffer.Pooled {
        private final Count counter;

        Pooled(ByteBuffer buffer, Count counter) {
            super(BufferPool.this, buffer, Objects.requireNonNull(counter));
            this.counter = counter;
        }

        @Override
        public boolean release() {
            boolean released = super.release();
            if (released) {
                giveBack(this);
            }
            return released;
        }
    }
}
