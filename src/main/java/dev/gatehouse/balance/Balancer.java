package dev.gatehouse.balance;

import dev.gatehouse.config.LoadBalance;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Chooses among the upstreams of one route, for one loop. An upstream that could not be reached is passed over for
/// [#PAUSE], unless all are in that state. Confined to its loop.
public final class Balancer {
    /// How long an upstream that could not be reached gets no requests while others are there.
    public static final Duration PAUSE = Duration.ofSeconds(5);

    private final LoadBalance how;
    /// By upstream: until when it is passed over; 0 where it is not.
    private final long[] pausedUntil;
    private int turn;

    /// @param how `NONE`, `STICKY` and `PRIMARY_BACKUP` take the first upstream that can be reached
    /// @param upstreams how many there are, at least 1
    /// @param turn where round robin begins, so that loops do not walk in step
    public Balancer(LoadBalance how, int upstreams, int turn) {
        this.how = how;
        this.pausedUntil = new long[upstreams];
        this.turn = turn;
    }

    /// The upstream for a request's first attempt.
    ///
    /// @param now as of [System#nanoTime()]
    /// @return position in the route's list
    public int first(long now) {
        int count = pausedUntil.length;
        if (count == 1) {
            return 0;
        }
        int chosen = switch (how) {
            case ROUND_ROBIN -> Math.floorMod(turn++, count);
            case RANDOM -> ThreadLocalRandom.current().nextInt(count);
            case NONE, STICKY, PRIMARY_BACKUP -> 0;
        };
        return reachable(chosen, now);
    }

    /// The upstream for the attempt after one that failed; the same one again where there is no other.
    public int next(int failed, long now) {
        return reachable((failed + 1) % pausedUntil.length, now);
    }

    /// Told when an upstream could not be reached.
    public void unreachable(int upstream, long now) {
        long until = now + PAUSE.toNanos();
        pausedUntil[upstream] = until == 0 ? 1 : until;
    }

    /// Told when an upstream answered.
    public void reached(int upstream) {
        pausedUntil[upstream] = 0;
    }

    private int reachable(int from, long now) {
        int count = pausedUntil.length;
        for (int i = 0; i < count; i++) {
            int candidate = (from + i) % count;
            long until = pausedUntil[candidate];
            if (until == 0 || until - now <= 0) {
                return candidate;
            }
        }
        return from;
    }
}
