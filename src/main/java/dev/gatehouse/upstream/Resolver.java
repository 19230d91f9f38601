package dev.gatehouse.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/// Finds the addresses of upstream names without making a loop wait. One per process. Any thread.
final class Resolver {
    private static final Duration TTL = Duration.ofSeconds(30);

    static {
        // Java would keep responses for 30 s by itself, whatever we ask for.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        Security.setProperty("networkaddress.cache.stale.ttl", "0");
    }

    private final Lookup lookup;
    private final Duration ttl;
    private final Consumer<String> moved;
    private final ConcurrentMap<String, ResolvedName> names = new ConcurrentHashMap<>();

    /// Asks DNS, hosts file or whatever the system has. Blocks.
    interface Lookup {
        List<InetAddress> addresses(String host) throws UnknownHostException;
    }

    /// @param moved is notified of each name whose addresses have changed, on any thread
    Resolver(Consumer<String> moved) {
        this(host -> List.of(InetAddress.getAllByName(host)), TTL, moved);
    }

    Resolver(Lookup lookup, Duration ttl, Consumer<String> moved) {
        this.lookup = lookup;
        this.ttl = ttl;
        this.moved = moved;
    }

    /// The name, the same one each time.
    ResolvedName name(String host) {
        return names.computeIfAbsent(host, key -> new ResolvedName(key, lookup, ttl, moved));
    }
}
