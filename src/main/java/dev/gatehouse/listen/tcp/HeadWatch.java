package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.TimeoutsConfig;
import dev.gatehouse.loop.Loop;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// Limits the time that a client takes for the head of a request: as a whole, and by how much of it came. Confined to
/// its loop.
final class HeadWatch {
    /// The part of the limits that is left while memory is short.
    private static final int SHORT_PART = 4;

    /// Memory may become short at any time.
    private static final long LONGEST_CHECK = TimeUnit.SECONDS.toNanos(5);

    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Loop loop;
    private final long limit;
    private final long stall;
    private final long rate;
    private final BooleanSupplier memoryIsShort;
    private final LongSupplier bytesIn;
    private final Runnable readWhatCame;
    private final Runnable tooSlow;
    private boolean deciding;
    private Scheduler.@Nullable Task timer;
    private long since;
    private long bytesBefore;

    /// @param bytesIn what came on the connection so far
    /// @param readWhatCame takes what the kernel has of the client; that we were late is not the client's doing
    /// @param tooSlow told once
    HeadWatch(
            Loop loop,
            TimeoutsConfig timeouts,
            BooleanSupplier memoryIsShort,
            LongSupplier bytesIn,
            Runnable readWhatCame,
            Runnable tooSlow) {
        this.loop = loop;
        this.limit = timeouts.clientHeader().toNanos();
        this.stall = timeouts.clientStall().toNanos();
        this.rate = timeouts.clientMinRate();
        this.memoryIsShort = memoryIsShort;
        this.bytesIn = bytesIn;
        this.readWhatCame = readWhatCame;
        this.tooSlow = tooSlow;
    }

    boolean isRunning() {
        return timer != null || deciding;
    }

    void start() {
        since = System.nanoTime();
        bytesBefore = bytesIn.getAsLong();
        arm(limit);
    }

    void stop() {
        deciding = false;
        var running = timer;
        timer = null;
        if (running != null) {
            running.cancel();
        }
    }

    private void arm(long left) {
        long delay = Math.max(TimeUnit.MILLISECONDS.toNanos(1), Math.min(left, LONGEST_CHECK));
        timer = loop.schedule(this::check, delay, TimeUnit.NANOSECONDS);
    }

    private void check() {
        timer = null;
        long waited = System.nanoTime() - since;
        int part = memoryIsShort.getAsBoolean() ? SHORT_PART : 1;
        long left = Math.min(limit / part - waited, leftByPace(waited, part));
        if (left <= 0) {
            deciding = true;
            readWhatCame.run();
            if (deciding) {
                deciding = false;
                tooSlow.run();
            }
        } else {
            arm(left);
        }
    }

    private long leftByPace(long waited, int part) {
        if (stall == 0 || rate == 0) {
            return Long.MAX_VALUE;
        }
        return stall / part + (bytesIn.getAsLong() - bytesBefore) * NANOS / rate - waited;
    }
}
