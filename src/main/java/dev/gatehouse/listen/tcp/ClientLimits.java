package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.loop.OpenFiles;
import java.net.InetAddress;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Counts client connections, in all and by address (an IPv6 client has a /64 to itself, so that counts as one). Any
/// thread.
final class ClientLimits {
    private static final int SITE_PREFIX_BYTES = 8;

    private final AtomicInteger all = new AtomicInteger();
    private final ConcurrentHashMap<Source, Integer> byAddress = new ConcurrentHashMap<>();
    private final OpenFiles files;
    private volatile int max;
    private volatile int maxPerAddress;

    /// @param files are told who comes and leaves
    ClientLimits(OpenFiles files) {
        this.files = files;
    }

    /// Connections that are too many now may stay.
    void set(LimitsConfig limits) {
        max = Objects.requireNonNullElse(limits.maxClients(), Integer.MAX_VALUE);
        maxPerAddress = limits.maxClientsPerIp();
    }

    /// Who connects; the first 8 bytes of an IPv6 address.
    record Source(long high, int length) {
        static Source of(InetAddress address) {
            byte[] bytes = address.getAddress();
            long high = 0;
            for (int i = 0; i < Math.min(SITE_PREFIX_BYTES, bytes.length); i++) {
                high = (high << 8) | (bytes[i] & 0xff);
            }
            return new Source(high, bytes.length);
        }
    }

    /// Takes a place for a connection.
    ///
    /// @return the key of the limit that leaves no place; null when the connection may stay
    @Nullable
    String enter(InetAddress address) {
        if (all.incrementAndGet() > max) {
            all.decrementAndGet();
            return "max_clients";
        }
        files.clientCame();
        int perAddress = byAddress.merge(Source.of(address), 1, Integer::sum);
        if (maxPerAddress > 0 && perAddress > maxPerAddress) {
            leave(address);
            return "max_clients_per_ip";
        }
        return null;
    }

    /// Gives the place back.
    void leave(InetAddress address) {
        all.decrementAndGet();
        files.clientLeft();
        byAddress.computeIfPresent(Source.of(address), (_, count) -> count == 1 ? null : count - 1);
    }

    /// How many connections there are.
    int count() {
        return all.get();
    }
}
