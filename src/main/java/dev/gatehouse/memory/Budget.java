package dev.gatehouse.memory;

import dev.gatehouse.loop.Loop;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// The bytes that the process holds for clients and upstreams, and how many those may be. Any thread.
///
/// Each loop counts for itself and tells the others when its count has changed by more than [#QUANTUM], so that an
/// account costs no shared write. Decisions are as exact as that.
///
/// ```
/// 0 ──────────── ¾ ──────────── 1 ─────────────── 2
///   all is well     isShort        isFull            all direct memory
/// ```
public final class Budget {
    /// How far the count of a loop may be ahead of what the others know.
    static final long QUANTUM = 64 * 1024;

    /// Of the direct memory: the rest is for buffers that are not in use, and for what the runtime takes.
    private static final int PART = 2;

    /// Longs between the counts of two loops, so that they do not share a cache line.
    private static final int STRIDE = 16;

    private final long limit;
    private final long shortAbove;
    private final AtomicLong known = new AtomicLong();
    private final AtomicLongArray unknown;
    private volatile Runnable whenFull = () -> {};

    /// @param limit bytes
    /// @param loops how many there are
    public Budget(long limit, int loops) {
        this.limit = limit;
        this.shortAbove = limit / 4 * 3;
        this.unknown = new AtomicLongArray((loops + 1) * STRIDE);
    }

    /// Half of the direct memory that the process may have.
    public static Budget ofProcess(int loops) {
        return new Budget(DirectMemory.limit() / PART, loops);
    }

    /// Bytes that may be held.
    public long limit() {
        return limit;
    }

    /// Bytes that are held.
    public long held() {
        long sum = known.get();
        for (int at = 0; at < unknown.length(); at += STRIDE) {
            sum += unknown.getOpaque(at);
        }
        return sum;
    }

    /// Whether memory is about to run short: nothing should be held that can be done without.
    public boolean isShort() {
        return known.get() > shortAbove;
    }

    /// Whether more is held than may be.
    public boolean isFull() {
        return known.get() > limit;
    }

    /// Whether it is full by more than one part in so many of the limit.
    public boolean isFullBy(int part) {
        return known.get() > limit + limit / part;
    }

    /// Charges what is held anyway.
    public void hold(long bytes) {
        add(bytes);
    }

    /// Charges what can be done without, unless memory is short.
    ///
    /// @return whether it may be held; then it has to be released
    public boolean tryHold(long bytes) {
        if (known.get() + bytes > shortAbove) {
            return false;
        }
        add(bytes);
        return true;
    }

    /// Gives back what was charged.
    public void release(long bytes) {
        add(-bytes);
    }

    /// Who frees memory when more is held than may be. Called on any thread, often as long as it is so.
    public void whenFull(Runnable task) {
        whenFull = task;
    }

    /// There was no memory left though the budget says so.
    void exhausted() {
        whenFull.run();
    }

    private void add(long bytes) {
        var loop = Loop.current();
        if (loop == null) {
            publish(bytes);
            return;
        }
        int at = loop.index() * STRIDE;
        long sum = unknown.getPlain(at) + bytes;
        if (Math.abs(sum) < QUANTUM) {
            unknown.setOpaque(at, sum);
        } else {
            unknown.setOpaque(at, 0);
            publish(sum);
        }
    }

    private void publish(long bytes) {
        if (known.addAndGet(bytes) > limit && bytes > 0) {
            whenFull.run();
        }
    }
}
