package dev.gatehouse.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Takes values from any thread and writes them as lines with a thread of its own.
///
/// The thread looks every 20 ms while there is something to do. A producer only leaves its value in the ring; it wakes
/// the thread only after a second without values, when the thread really sleeps.
final class LogWriter<T> implements AutoCloseable {
    /// What went wrong since the last report.
    ///
    /// @param lost values that were not written since then
    /// @param total values that were not written since the start
    /// @param cause why the file cannot be written; null where the ring was full
    record Trouble(
            long lost, long total, String file, @Nullable IOException cause) {}

    private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();
    private static final int IDLE_POLLS = 50;
    private static final long REPORT_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long CLOSE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final int BATCH_BYTES = 1 << 17;

    private final MpscRing<T> ring;
    private final LogFile file;
    private final BiConsumer<T, LineBuffer> format;
    private final Consumer<Trouble> trouble;
    private final LongSupplier nanoTime;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;
    private final LineBuffer lines = new LineBuffer(BATCH_BYTES + (BATCH_BYTES >> 2));
    private volatile boolean parked;
    private volatile boolean reopen;
    private volatile boolean closing;
    private volatile long written;
    private long done;
    private long reportedDrops;
    private boolean reportedOnce;
    private long reportedAt;
    private @Nullable IOException cause;

    /// @param format adds exactly one line for a value, its end included
    /// @param trouble told by the writing thread, at most once a minute
    LogWriter(String name, int capacity, LogFile file, BiConsumer<T, LineBuffer> format, Consumer<Trouble> trouble) {
        this(name, capacity, file, format, trouble, System::nanoTime);
    }

    LogWriter(
            String name,
            int capacity,
            LogFile file,
            BiConsumer<T, LineBuffer> format,
            Consumer<Trouble> trouble,
            LongSupplier nanoTime) {
        this.ring = new MpscRing<>(capacity);
        this.file = file;
        this.format = format;
        this.trouble = trouble;
        this.nanoTime = nanoTime;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Hands a value over; any thread, never waits.
    ///
    /// @return false where there was no room: the value is dropped and counted
    boolean offer(T value) {
        if (!ring.offer(value)) {
            drop();
            return false;
        }
        if (parked) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    /// Counts a value that is lost.
    void drop() {
        dropped.incrementAndGet();
    }

    long dropped() {
        return dropped.get();
    }

    /// Opens the file by its name before the next line.
    void reopen() {
        reopen = true;
        LockSupport.unpark(thread);
    }

    /// Waits until what was offered before is written or dropped, at most that long.
    void flush(Duration atMost) {
        var goal = ring.added();
        var end = System.nanoTime() + atMost.toNanos();
        while (written < goal && thread.isAlive() && System.nanoTime() < end) {
            LockSupport.unpark(thread);
            LockSupport.parkNanos(this, 1_000_000);
        }
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(Duration.ofNanos(CLOSE_NANOS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        var idle = 0;
        while (true) {
            var last = closing; // read before the last look at the ring
            idle = writeAll() > 0 ? 0 : idle + 1;
            if (last) {
                file.close();
                return;
            }
            if (idle < IDLE_POLLS || unreported() > 0) {
                LockSupport.parkNanos(this, POLL_NANOS);
            } else {
                parked = true;
                if (ring.isEmpty() && !closing && !reopen) {
                    LockSupport.park(this);
                }
                parked = false;
                idle = 0;
            }
        }
    }

    /// Writes what is in the ring now; the writing thread only.
    ///
    /// @return how many values were taken out
    int writeAll() {
        if (reopen) {
            reopen = false;
            file.close();
        }
        var all = 0;
        while (true) {
            var taken = writeBatch();
            if (taken == 0) {
                report();
                return all;
            }
            all += taken;
        }
    }

    private int writeBatch() {
        lines.clear();
        var taken = 0;
        while (lines.length() < BATCH_BYTES) {
            var value = ring.poll();
            if (value == null) {
                break;
            }
            taken++;
            append(value);
        }
        if (lines.length() > 0) {
            var buffer = ByteBuffer.wrap(lines.bytes(), 0, lines.length());
            try {
                file.write(buffer);
            } catch (IOException e) {
                cause = e;
                dropped.addAndGet(linesIn(buffer));
            }
        }
        done += taken;
        written = done;
        return taken;
    }

    private void append(T value) {
        var before = lines.length();
        try {
            format.accept(value, lines);
        } catch (RuntimeException e) { // one bad value must not end the log
            lines.cutTo(before);
            cause = new IOException("a record could not be formatted", e);
            dropped.incrementAndGet();
        }
    }

    private long unreported() {
        return dropped.get() - reportedDrops;
    }

    private void report() {
        if (unreported() == 0) {
            return;
        }
        var now = nanoTime.getAsLong();
        if (!reportedOnce || now - reportedAt >= REPORT_NANOS) {
            var total = dropped.get();
            var told = new Trouble(total - reportedDrops, total, file.name(), cause);
            reportedOnce = true;
            reportedAt = now;
            reportedDrops = total;
            cause = null;
            trouble.accept(told);
        }
    }

    private static long linesIn(ByteBuffer buffer) {
        var count = 0L;
        while (buffer.hasRemaining()) {
            if (buffer.get() == '\n') {
                count++;
            }
        }
        return count;
    }
}
