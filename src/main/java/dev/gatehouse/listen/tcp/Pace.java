package dev.gatehouse.listen.tcp;

import java.util.concurrent.TimeUnit;

/// The account of a client that is waited for: each second of waiting puts it a second behind, each byte that it moves
/// makes up for as long as the least rate gives it. Who is behind by more than the patience is too slow: by silence or
/// by drips. Time in which nobody waits does not count, and nobody gets ahead. Confined to its loop.
///
/// What counts is the connection: it is a bad network that makes people slow, and streams share it as we and the
/// client please. But a stream must have moved its own share within a longer patience, so that a busy one does not
/// keep the others alive.
final class Pace {
    /// How much longer the patience with one stream is.
    static final int STREAM_FACTOR = 5;

    /// The part of the patience that is left while memory is short.
    private static final int SHORT_PART = 4;

    /// Memory may become short at any time.
    private static final long LONGEST_CHECK = TimeUnit.SECONDS.toNanos(5);

    private static final long MOST_BYTES = 1 << 30;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long patience;
    private final long rate;
    private boolean waiting;
    private long since;
    private long behind;
    private long streamBehind;
    private long bytes;
    private long streamBytes;

    /// @param patience nanoseconds; not 0
    /// @param rate bytes a second; 0 when any byte makes up for everything
    Pace(long patience, long rate) {
        this.patience = patience;
        this.rate = rate;
    }

    /// The client is waited for from now on.
    ///
    /// @param all what the connection has moved so far
    /// @param own what the stream has
    void begin(long now, long all, long own) {
        if (!waiting) {
            earn(all, own, 1);
            waiting = true;
            since = now;
        }
    }

    /// Accounts for the wait so far.
    ///
    /// @param sharers how many streams of the connection are waited for, this one among them
    void settle(long now, long all, long own, int sharers) {
        if (waiting) {
            behind += now - since;
            streamBehind += now - since;
            since = now;
            earn(all, own, sharers);
        }
    }

    /// The wait is over.
    void end(long now, long all, long own, int sharers) {
        settle(now, all, own, sharers);
        waiting = false;
    }

    boolean isWaiting() {
        return waiting;
    }

    private void earn(long all, long own, int sharers) {
        behind = Math.max(0, behind - worth(all - bytes, behind));
        streamBehind = Math.max(0, streamBehind - worth((own - streamBytes) * sharers, streamBehind));
        bytes = all;
        streamBytes = own;
    }

    private long worth(long moved, long everything) {
        if (moved <= 0) {
            return 0;
        }
        return rate == 0 ? everything : Math.min(moved, MOST_BYTES) * NANOS / rate;
    }

    /// As of the last [#settle].
    ///
    /// @param memoryShort whether there is less patience
    boolean isTooSlow(boolean memoryShort) {
        long limit = memoryShort ? patience / SHORT_PART : patience;
        return behind >= limit || streamBehind / STREAM_FACTOR >= limit;
    }

    /// Nanoseconds after which to ask again, as of the last [#settle].
    long nextCheck() {
        long left = Math.min(patience - behind, patience * STREAM_FACTOR - streamBehind);
        return Math.min(left, LONGEST_CHECK);
    }
}
