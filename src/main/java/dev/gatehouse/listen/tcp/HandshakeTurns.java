package dev.gatehouse.listen.tcp;

import dev.gatehouse.loop.Loop;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// Lets the handshakes of a loop begin only as fast as it has time for them beside its established connections: in
/// each round of selecting they get [#LEAST_NANOS], or half of what everything else took. Who finds no time left
/// waits; addresses (an IPv6 client has a /64) take turns, the clients of each in their order. Nor do more begin than
/// clients finish: who has begun and is slow does not wait behind a crowd of others that begin. Confined to the loop,
/// but for [Crowd].
final class HandshakeTurns {
    /// One handshake or two: little enough for others not to notice.
    static final long LEAST_NANOS = 500_000;

    static final long MOST_NANOS = 20_000_000;

    /// Handshakes that may be under way on a loop: at 100 ms a round trip, more than it can begin.
    static final int MOST_UNDER_WAY = 256;

    /// From then on a handshake under way does not count: those whom nobody hears of again keep no others out.
    static final long YOUNG_NANOS = 1_000_000_000;

    private final Loop loop;
    private final Crowd crowd;
    private final LongSupplier clock;
    private final LinkedHashMap<ClientLimits.Source, ArrayDeque<Runnable>> waiting = new LinkedHashMap<>();
    private final Runnable account = this::account;
    /// Oldest first; those that are over are among them until they are the oldest.
    private final ArrayDeque<UnderWay> underWay = new ArrayDeque<>();
    private int young;
    /// Those who wait have a turn only when one under way is over or not young any more.
    private boolean held;
    /// Told when the oldest is not young any more.
    private boolean timed;
    private long pass = -1;
    /// Time that turns of this round still have.
    private long left;

    private long began;
    private long ended;

    HandshakeTurns(Loop loop, Crowd crowd, LongSupplier clock) {
        this.loop = loop;
        this.crowd = crowd;
        this.clock = clock;
    }

    /// Those who wait on all loops. Any thread.
    static final class Crowd {
        private final AtomicInteger size = new AtomicInteger();
        private final int most;
        private final Runnable whenSmall;
        private volatile boolean wanted;

        /// @param most how many may wait until newcomers are not even accepted
        /// @param whenSmall is told when newcomers were turned away and there is room for them again
        Crowd(int most, Runnable whenSmall) {
            this.most = most;
            this.whenSmall = whenSmall;
        }

        /// Whether there are so many that newcomers should wait outside.
        boolean isLarge() {
            if (size.get() < most) {
                return false;
            }
            wanted = true;
            return true;
        }

        private void grow() {
            size.incrementAndGet();
        }

        private void shrink() {
            if (size.decrementAndGet() <= most / 2 && wanted) {
                wanted = false;
                whenSmall.run();
            }
        }
    }

    /// Runs a task when it is the client's turn: at once or later. What the task puts off until the end of the current
    /// callback is a part of it.
    ///
    /// @return whether it ran
    boolean take(InetAddress client, Runnable task) {
        if (waiting.isEmpty()) {
            if (pass != loop.pass()) {
                pass = loop.pass();
                left = LEAST_NANOS;
            }
            if (left > 0 && !isFull()) {
                began = clock.getAsLong();
                task.run();
                loop.execute(account);
                return true;
            }
            putOff();
        }
        crowd.grow();
        waiting.computeIfAbsent(ClientLimits.Source.of(client), _ -> new ArrayDeque<>(2))
                .add(task);
        return false;
    }

    /// A handshake that has begun is told here until it is over.
    UnderWay begun() {
        var made = new UnderWay(clock.getAsLong());
        underWay.add(made);
        young++;
        return made;
    }

    /// See [#begun].
    final class UnderWay {
        private final long since;
        private boolean forgotten;

        private UnderWay(long since) {
            this.since = since;
        }

        /// Any number of times.
        void over() {
            forget();
            goOnIfHeld();
        }

        private void forget() {
            if (!forgotten) {
                forgotten = true;
                young--;
            }
        }
    }

    private boolean isFull() {
        long now = clock.getAsLong();
        for (var oldest = underWay.peek();
                oldest != null && (oldest.forgotten || now - oldest.since >= YOUNG_NANOS);
                oldest = underWay.peek()) {
            underWay.remove();
            oldest.forget();
        }
        return young >= MOST_UNDER_WAY;
    }

    /// Those who wait have their turns in the next round, or when there is room.
    private void putOff() {
        if (!isFull()) {
            loop.yieldTo(this::begin);
            return;
        }
        held = true;
        if (!timed) {
            timed = true;
            long age = clock.getAsLong() - underWay.element().since;
            loop.schedule(this::oldestAged, YOUNG_NANOS - age, TimeUnit.NANOSECONDS);
        }
    }

    /// Called by a timer.
    void oldestAged() {
        timed = false;
        goOnIfHeld();
    }

    private void goOnIfHeld() {
        if (held) {
            held = false;
            ended = clock.getAsLong();
            putOff();
        }
    }

    private void account() {
        ended = clock.getAsLong();
        left -= ended - began;
    }

    /// The turns of a round.
    private void begin() {
        pass = loop.pass();
        began = clock.getAsLong();
        left = Math.clamp((began - ended) / 2, LEAST_NANOS, MOST_NANOS);
        runNext();
    }

    private void runNext() {
        next().run();
        loop.execute(this::goOn);
    }

    private void goOn() {
        account();
        began = ended;
        if (waiting.isEmpty()) {
            return;
        }
        if (left > 0 && !isFull()) {
            runNext();
        } else {
            putOff();
        }
    }

    private Runnable next() {
        var first = waiting.pollFirstEntry();
        var task = first.getValue().remove();
        if (!first.getValue().isEmpty()) {
            waiting.putLast(first.getKey(), first.getValue());
        }
        crowd.shrink();
        return task;
    }
}
