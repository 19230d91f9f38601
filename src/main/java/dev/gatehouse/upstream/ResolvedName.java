package dev.gatehouse.upstream;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A name of an upstream and its addresses as DNS last said. A response is used for a time; near its end the next use
/// asks for another one without waiting. An expired one is used only where no other can be had. Any thread.
final class ResolvedName {
    private static final Logger LOG = LoggerFactory.getLogger(ResolvedName.class);

    /// Until a failed lookup is repeated.
    private static final Duration FAILURE_TTL = Duration.ofSeconds(1);

    private final String host;
    private final boolean literal;
    private final Resolver.Lookup lookup;
    private final long ttlNanos;
    private final Consumer<String> moved;
    private volatile List<InetAddress> known;
    private volatile int version;
    private volatile long expires;
    private volatile long answered;
    private @Nullable String failure;
    private boolean asking;
    private List<Waiting> waiting = new ArrayList<>();

    /// Who wants to know the addresses; told at once where they are known.
    interface Listener {
        /// @param addresses at least one
        void resolved(List<InetAddress> addresses);

        void unknown(String reason);
    }

    private record Waiting(Executor where, Listener listener) {}

    ResolvedName(String host, Resolver.Lookup lookup, Duration ttl, Consumer<String> moved) {
        this.host = host;
        this.lookup = lookup;
        this.ttlNanos = ttl.toNanos();
        this.moved = moved;
        List<InetAddress> parsed = List.of();
        try {
            parsed = List.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException name) {
            // Not a literal: it is looked up when first asked for.
        }
        literal = !parsed.isEmpty();
        known = parsed;
    }

    /// The addresses of the last response, which may have expired; none before the first.
    List<InetAddress> known() {
        return known;
    }

    /// Whether it is one of them.
    boolean has(InetAddress address) {
        var addresses = known;
        return literal || addresses.contains(address) || addresses.stream().anyMatch(InetAddress::isAnyLocalAddress);
    }

    /// Changes with the addresses.
    int version() {
        return version;
    }

    /// Whether another lookup could find something else than the last one.
    boolean isOlderThan(Duration age) {
        return !literal && System.nanoTime() - answered > age.toNanos();
    }

    /// Asks for another response where the last one will expire soon, and waits for nothing.
    void refresh() {
        if (literal || known.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        if (expires - now < ttlNanos / 4 && now - answered > FAILURE_TTL.toNanos()) {
            askSlowly(null);
        }
    }

    /// The next use asks again, unless that was done just now.
    void suspect() {
        if (isOlderThan(FAILURE_TTL)) {
            expires = System.nanoTime();
        }
    }

    /// Tells the addresses; those of an expired response where there is no other.
    ///
    /// @param where runs the listener where it has to wait
    void resolve(Executor where, Listener listener) {
        var addresses = known;
        if (literal || (!addresses.isEmpty() && expires - System.nanoTime() > 0)) {
            refresh();
            listener.resolved(addresses);
            return;
        }
        var refused = askSlowly(new Waiting(where, listener));
        if (refused != null) {
            listener.unknown(refused);
        }
    }

    /// As [#resolve], but with a response that is not older.
    void resolveAgain(Duration age, Executor where, Listener listener) {
        if (isOlderThan(age)) {
            askSlowly(new Waiting(where, listener));
        } else {
            listener.resolved(known);
        }
    }

    private synchronized @Nullable String askSlowly(@Nullable Waiting who) {
        if (failure != null && known.isEmpty() && expires - System.nanoTime() > 0) {
            return failure;
        }
        if (who != null) {
            waiting.add(who);
        }
        if (!asking) {
            asking = true;
            Thread.ofVirtual().name("resolve-" + host).start(this::lookUp);
        }
        return null;
    }

    private void lookUp() {
        List<InetAddress> found = List.of();
        String reason = null;
        try {
            found = lookup.addresses(host);
        } catch (UnknownHostException unknown) {
            reason = "name '" + host + "' does not resolve";
        }
        List<Waiting> told;
        List<InetAddress> addresses;
        boolean changed = false;
        synchronized (this) {
            asking = false;
            failure = reason;
            answered = System.nanoTime();
            if (reason == null) {
                changed = !known.isEmpty() && !Set.copyOf(known).equals(Set.copyOf(found));
                known = found;
                version += changed ? 1 : 0;
            }
            expires = answered + (reason == null ? ttlNanos : FAILURE_TTL.toNanos());
            addresses = known;
            told = waiting;
            waiting = new ArrayList<>();
        }
        if (reason != null) {
            LOG.warn("{} reason=up.dns", reason);
        }
        if (changed) {
            LOG.info("upstream moved host={} addresses={}", host, addresses);
            moved.accept(host);
        }
        var cause = reason;
        for (var one : told) {
            one.where().execute(() -> {
                if (addresses.isEmpty()) {
                    one.listener().unknown(cause == null ? "no address" : cause);
                } else {
                    one.listener().resolved(addresses);
                }
            });
        }
    }
}
