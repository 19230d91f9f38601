package dev.gatehouse.upstream;

import dev.gatehouse.loop.Loop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the addresses of upstream names without making a loop wait. Answers are kept for [#TTL]; an old answer is
/// used while a new one is on its way, and for as long as none comes.
final class Resolver {
    private static final Logger LOG = LoggerFactory.getLogger(Resolver.class);
    private static final Duration TTL = Duration.ofSeconds(30);
    private static final Duration FAILURE_TTL = Duration.ofSeconds(1);

    private final ConcurrentMap<String, Name> names = new ConcurrentHashMap<>();

    /// Told on the loop that asked: at once where the answer is known.
    interface Answer {
        void resolved(List<InetAddress> addresses);

        void unknown(String reason);
    }

    void resolve(String host, Loop loop, Answer answer) {
        names.computeIfAbsent(host, Name::new).ask(loop, answer);
    }

    private record Waiting(Loop loop, Answer answer) {}

    private static final class Name {
        private final String host;
        private final boolean literal;
        private volatile List<InetAddress> known = List.of();
        private volatile long expires;
        private @Nullable String failure;
        private boolean asking;
        private List<Waiting> waiting = new ArrayList<>();

        Name(String host) {
            this.host = host;
            List<InetAddress> parsed = List.of();
            try {
                parsed = List.of(InetAddress.ofLiteral(host));
            } catch (IllegalArgumentException name) {
                // Not a literal: it is looked up when first asked for.
            }
            literal = !parsed.isEmpty();
            known = parsed;
        }

        void ask(Loop loop, Answer answer) {
            var addresses = known;
            if (literal || (!addresses.isEmpty() && expires - System.nanoTime() > 0)) {
                answer.resolved(addresses);
                return;
            }
            var refused = askSlowly(loop, answer);
            if (refused != null) {
                answer.unknown(refused);
            } else if (!addresses.isEmpty()) {
                answer.resolved(addresses);
            }
        }

        private synchronized @Nullable String askSlowly(Loop loop, Answer answer) {
            if (failure != null && known.isEmpty() && expires - System.nanoTime() > 0) {
                return failure;
            }
            if (known.isEmpty()) {
                waiting.add(new Waiting(loop, answer));
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
                found = List.of(InetAddress.getAllByName(host));
            } catch (UnknownHostException unknown) {
                reason = "name '" + host + "' does not resolve";
            }
            List<Waiting> told;
            synchronized (this) {
                asking = false;
                failure = reason;
                if (reason == null) {
                    known = found;
                }
                expires = System.nanoTime() + (reason == null ? TTL : FAILURE_TTL).toNanos();
                told = waiting;
                waiting = new ArrayList<>();
            }
            if (reason != null) {
                LOG.warn("{} reason=up.dns", reason);
            }
            for (var one : told) {
                var addresses = known;
                var cause = reason;
                one.loop().execute(() -> {
                    if (addresses.isEmpty()) {
                        one.answer().unknown(cause == null ? "no address" : cause);
                    } else {
                        one.answer().resolved(addresses);
                    }
                });
            }
        }
    }
}
