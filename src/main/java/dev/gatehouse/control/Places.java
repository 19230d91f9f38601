package dev.gatehouse.control;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Places for the connections of a control socket, each with its thread. Any thread.
///
/// When all places are taken, whoever has let the proxy wait longest gives one to the next who comes: for a request
/// that does not end, or an answer that is not read.
final class Places {
    private final int most;
    private final long graceNanos;
    private final Map<Thread, Long> waiting = new LinkedHashMap<>();
    private int taken;

    /// @param most places
    /// @param grace nobody has to go before it has let the proxy wait so long
    Places(int most, Duration grace) {
        this.most = most;
        this.graceNanos = grace.toNanos();
    }

    /// Takes a place. Blocks until there is one.
    synchronized void enter() throws InterruptedException {
        while (taken == most) {
            var oldest = waiting.entrySet().iterator();
            if (!oldest.hasNext()) {
                wait();
                continue;
            }
            var next = oldest.next();
            long left = graceNanos - (System.nanoTime() - next.getValue());
            if (left <= 0) {
                oldest.remove();
                next.getKey().interrupt();
                wait();
            } else {
                // The last millisecond is not waited in vain.
                wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
            }
        }
        taken++;
    }

    /// From now on this thread waits for its client, or for its turn, and is interrupted when its place is wanted.
    synchronized void waits() {
        waiting.put(Thread.currentThread(), System.nanoTime());
        notifyAll();
    }

    /// This thread does not wait any more.
    ///
    /// @throws InterruptedException its place went to another
    synchronized void works() throws InterruptedException {
        if (waiting.remove(Thread.currentThread()) == null) {
            throw new InterruptedException();
        }
    }

    /// Gives the place of this thread away.
    synchronized void leave() {
        waiting.remove(Thread.currentThread());
        taken--;
        notifyAll();
    }
}
