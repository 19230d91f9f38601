package dev.gatehouse.upstream;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// How long a connection with an upstream takes calls: as long as its address is one of the name's, as the upstream
/// says, and not beyond the age that the file allows. Confined to its loop.
final class Lifetime {
    private final ResolvedName name;
    private final InetAddress address;
    private final long opened = System.nanoTime();
    private int version;
    private boolean left;
    private long keptUntil;
    private boolean limited;

    Lifetime(ResolvedName name, InetAddress address) {
        this.name = name;
        this.address = address;
        this.version = name.version();
        left = !name.has(address);
    }

    /// Whether another call may begin.
    ///
    /// @param maxAge zero is no limit
    boolean lasts(Duration maxAge) {
        if (hasLeft()) {
            return false;
        }
        if (!limited && maxAge.isZero()) {
            return true;
        }
        long now = System.nanoTime();
        return (!limited || keptUntil - now > 0) && (maxAge.isZero() || now - opened < maxAge.toNanos());
    }

    /// Whether the address is none of the name's any more.
    boolean hasLeft() {
        int current = name.version();
        if (version != current) {
            version = current;
            left = !name.has(address);
        }
        return left;
    }

    /// What the upstream said about it.
    ///
    /// @param seconds as `Keep-Alive` has it; negative for nothing
    void keepFor(long seconds) {
        limited = seconds >= 0;
        if (limited) {
            // A second early, so that the upstream does not close it while the next request is on its way.
            keptUntil = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds - 1);
        }
    }
}
