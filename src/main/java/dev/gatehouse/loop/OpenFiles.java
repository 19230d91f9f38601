package dev.gatehouse.loop;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shares out the file descriptors of the process: clients and connections with upstreams take what is free but for a
/// reserve that stays for everything else (logs, certificates, commands, the end). Clients get half at most, so that
/// each of them finds one for the upstream. Any thread.
public final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);
    private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MOMENT_MILLIS = 20;
    private static final int LEAST_RESERVE = 8;
    private static final int MOST_RESERVE = 64;
    private static final int RESERVED_PART = 16;

    private final Source source;
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicInteger upstreams = new AtomicInteger();
    private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong measured = new AtomicLong();
    private final AtomicBoolean measuring = new AtomicBoolean();
    private volatile int shared = Integer.MAX_VALUE;

    /// Nothing is limited until the first [#measure].
    public OpenFiles(Source source) {
        this.source = source;
    }

    /// What the kernel says of the process.
    public interface Source {
        /// How many descriptors it may have.
        long limit() throws IOException;

        /// How many it has.
        int used() throws IOException;
    }

    /// Who waits for a descriptor, and where.
    private record Waiting(Loop loop, BooleanSupplier over, Runnable task) {
        void wake(OpenFiles files) {
            loop.execute(() -> {
                if (over.getAsBoolean()) {
                    files.wakeNext();
                } else {
                    task.run();
                }
            });
        }
    }

    /// Looks how many there are. Blocks for a moment. Where the kernel does not say, things stay as they are.
    public void measure() {
        measured.set(System.nanoTime());
        try {
            long limit = source.limit();
            int others = Math.max(0, source.used() - clients.get() - upstreams.get());
            long reserve = Math.clamp(limit / RESERVED_PART, LEAST_RESERVE, MOST_RESERVE);
            shared = Math.clamp(limit - others - reserve, 2, Integer.MAX_VALUE);
        } catch (IOException | RuntimeException unknown) {
            LOG.debug("open files cannot be counted", unknown);
        }
    }

    /// The same on another thread, at most once a second: for who found that nothing is left.
    public void measureSoon() {
        if (System.nanoTime() - measured.get() >= MEASURE_NANOS && measuring.compareAndSet(false, true)) {
            Thread.ofVirtual().name("open-files").start(() -> {
                try {
                    measure();
                } finally {
                    measuring.set(false);
                }
            });
        }
    }

    /// How many clients there may be at a time.
    public int mostClients() {
        return shared / 2;
    }

    /// Whether there is one for another client.
    public boolean hasForClient() {
        int all = shared;
        int taken = clients.get() + upstreams.get();
        if (taken > all - all / 4) {
            measureSoon();
        }
        return clients.get() < mostClients() && taken < all;
    }

    /// A client has taken one.
    public void clientCame() {
        clients.incrementAndGet();
    }

    /// A client has given its own back.
    public void clientLeft() {
        clients.decrementAndGet();
        wakeNext();
    }

    /// Takes one for a connection with an upstream.
    ///
    /// @return whether there was one
    public boolean takeForUpstream() {
        if (upstreams.incrementAndGet() + clients.get() <= shared) {
            return true;
        }
        upstreams.decrementAndGet();
        measureSoon();
        return false;
    }

    /// Gives one back.
    public void giveBack() {
        upstreams.decrementAndGet();
        wakeNext();
    }

    /// Has somebody who found none told on the calling loop when one was given back, or after a moment; another may
    /// have
    /// taken it by then.
    ///
    /// @param over whether nobody wants it any more
    public void awaitOne(Loop loop, BooleanSupplier over, Runnable task) {
        var one = new Waiting(loop, over, task);
        waiting.add(one);
        loop.schedule(
                () -> {
                    if (waiting.remove(one)) {
                        one.wake(this);
                    }
                },
                MOMENT_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /// Whether connections that nobody uses are in the way of others.
    public boolean isShort() {
        return !waiting.isEmpty();
    }

    private void wakeNext() {
        var next = waiting.poll();
        if (next != null) {
            next.wake(this);
        }
    }
}
