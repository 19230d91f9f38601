package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.CidrSet;
import dev.gatehouse.config.TlsConfig;
import java.net.InetAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// How many handshakes may begin, in all and from one address: the most costly thing that a stranger can ask for. Any
/// thread, no locks.
///
/// Each budget is the moment up to which it is spent; one that lies more than [#BURST_NANOS] ahead is empty. Addresses
/// share places in a table of fixed size, by a hash that strangers cannot foresee.
final class HandshakeBudget {
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final long BURST_NANOS = 2 * SECOND_NANOS;
    /// A power of two.
    private static final int PLACES = 1 << 14;

    private final long seed = ThreadLocalRandom.current().nextLong() | 1;
    private final AtomicLong all = new AtomicLong(System.nanoTime());
    private final AtomicLongArray byAddress = new AtomicLongArray(PLACES);
    private volatile TlsConfig limits = TlsConfig.DEFAULTS;
    private volatile CidrSet trusted = CidrSet.EMPTY;

    HandshakeBudget() {
        long now = System.nanoTime();
        for (int i = 0; i < PLACES; i++) {
            byAddress.set(i, now);
        }
    }

    /// @param friends who stand for many clients, and have no limit of their own
    void set(TlsConfig config, CidrSet friends) {
        limits = config;
        trusted = friends;
    }

    /// Takes one handshake.
    ///
    /// @return the key of the budget that is spent; null when it may begin
    @Nullable
    String take(InetAddress client, long now) {
        var current = limits;
        int each = current.handshakesPerSecondPerIp();
        if (each > 0 && !trusted.contains(client) && !takePlace(place(client), now, SECOND_NANOS / each)) {
            return "handshakes_per_second_per_ip";
        }
        int total = current.handshakesPerSecond();
        return total > 0 && !takeOfAll(now, SECOND_NANOS / total) ? "handshakes_per_second" : null;
    }

    private boolean takePlace(int place, long now, long cost) {
        while (true) {
            long spent = byAddress.get(place);
            long next = after(spent, now, cost);
            if (next - now > BURST_NANOS) {
                return false;
            }
            if (byAddress.compareAndSet(place, spent, next)) {
                return true;
            }
        }
    }

    private boolean takeOfAll(long now, long cost) {
        while (true) {
            long spent = all.get();
            long next = after(spent, now, cost);
            if (next - now > BURST_NANOS) {
                return false;
            }
            if (all.compareAndSet(spent, next)) {
                return true;
            }
        }
    }

    private static long after(long spent, long now, long cost) {
        return (spent - now > 0 ? spent : now) + cost;
    }

    private int place(InetAddress client) {
        long source = ClientLimits.Source.of(client).high();
        long mixed = (source + 0x9E3779B97F4A7C15L) * seed;
        mixed = (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
        return (int) (mixed >>> 50);
    }
}
