package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.http.Failure;
import dev.gatehouse.loop.Loop;
import dev.gatehouse.loop.Loops;
import dev.gatehouse.memory.Budget;
import dev.gatehouse.observe.RateLimited;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The requests under way: how many there may be, and who gives way when they, or the memory that they hold, are too
/// many. Any thread, but for what says otherwise.
///
/// Who waits longest gives way: a client that does not read its response, or one whose body nobody takes; connections
/// with many requests first. So clients that hold memory and do nothing cannot keep it from those that come and go.
/// Only where nobody waits is the newcomer refused, and for connections without another request there is a margin that
/// no connection with many can use up.
final class RequestsUnderWay {
    private static final Logger LOG = LoggerFactory.getLogger(RequestsUnderWay.class);
    private static final int LINES_PER_MINUTE = 2;

    /// What a request may take of the heap, its share of everything else included.
    private static final long HEAP_BYTES = 32 * 1024;

    /// How many more there may be, one in so many, of those that are the only one of their connection.
    private static final int MARGIN = 2;

    /// The same for memory that is held.
    private static final int MEMORY_MARGIN = 4;

    /// Requests that a connection may have before it counts as one with many.
    private static final int FEW = 4;

    /// Of those that wait longest, how many are compared.
    private static final int COMPARED = 32;

    /// Of those that wait on a loop, how many give way at once when memory is short: one in so many.
    private static final int PART = 8;

    private final Loops loops;
    private final Budget budget;
    private final RateLimited log = new RateLimited(LOG, LINES_PER_MINUTE);
    private final Waiting[] waiting;
    private final AtomicInteger all = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
    private volatile int max = Integer.MAX_VALUE;
    private volatile int maxPerAddress;

    RequestsUnderWay(Loops loops, Budget budget) {
        this.loops = loops;
        this.budget = budget;
        this.waiting = Stream.generate(Waiting::new).limit(loops.count()).toArray(Waiting[]::new);
        budget.whenFull(this::relieve);
    }

    /// Those that are too many now may stay.
    void set(LimitsConfig limits) {
        max = limits.maxRequests() > 0
                ? limits.maxRequests()
                : (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / HEAP_BYTES);
        maxPerAddress = limits.maxRequestsPerIp();
    }

    /// How many there are.
    int count() {
        return all.get();
    }

    /// How many there may be.
    int max() {
        return max;
    }

    Budget budget() {
        return budget;
    }

    // ---- on the loop of the exchange

    /// Takes a place for a request.
    ///
    /// @return why there is none; null when the request may go on
    @Nullable
    Failure enter(CountedExchange exchange) {
        int now = all.incrementAndGet();
        boolean tooMany = now > max;
        if (tooMany || budget.isFull()) {
            int siblings = exchange.siblings();
            boolean relieved = here().giveWayTo(siblings);
            if (!relieved) {
                relieve();
            }
            boolean much = tooMany ? now > (long) max + max / MARGIN : budget.isFullBy(MEMORY_MARGIN);
            if (!relieved && (much || siblings > 0)) {
                all.decrementAndGet();
                return refused(tooMany ? Failure.TOO_MANY_REQUESTS : Failure.MEMORY_SHORT);
            }
        }
        if (maxPerAddress > 0) {
            var address = exchange.connection().remote().getAddress();
            if (byAddress.merge(address, 1, Integer::sum) > maxPerAddress) {
                leave(address);
                return refused(Failure.TOO_MANY_REQUESTS_OF_CLIENT);
            }
            exchange.address(address);
        }
        return null;
    }

    private Failure refused(Failure failure) {
        log.log(
                Level.WARN,
                failure.token(),
                "requests refused reason={} requests={} held={} limit={}",
                failure.token(),
                all.get(),
                budget.held(),
                budget.limit());
        return failure;
    }

    /// Gives the place back.
    void leave(CountedExchange exchange) {
        leave(exchange.address());
    }

    private void leave(@Nullable InetAddress address) {
        all.decrementAndGet();
        if (address != null) {
            byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    /// An exchange waits from now on, the last of all.
    void waits(CountedExchange exchange) {
        var its = here().exchanges;
        its.remove(exchange);
        its.add(exchange);
    }

    /// It waits no longer.
    void goesOn(CountedExchange exchange) {
        here().exchanges.remove(exchange);
    }

    private Waiting here() {
        return waiting[Loop.require().index()];
    }

    // ---- who gives way

    /// Frees memory on each loop.
    private void relieve() {
        for (int i = 0; i < waiting.length; i++) {
            waiting[i].relieve(loops.get(i));
        }
    }

    /// Those of a loop that wait, who waits longest first. Confined to its loop but for [#relieve].
    private final class Waiting {
        private final LinkedHashSet<CountedExchange> exchanges = new LinkedHashSet<>();
        private final AtomicInteger asked = new AtomicInteger();

        /// Any thread.
        void relieve(Loop loop) {
            if (asked.compareAndSet(0, 1)) {
                loop.execute(() -> {
                    asked.set(0);
                    if (budget.isFull() || all.get() > max) {
                        giveWay(Math.max(1, exchanges.size() / PART));
                    }
                });
            }
        }

        /// Makes room for a request, unless its own connection has more requests than any whose could give way.
        ///
        /// @param siblings how many others its connection has under way
        /// @return whether there is room
        boolean giveWayTo(int siblings) {
            var next = next();
            return next != null && (siblings <= FEW || siblings <= next.siblings()) && giveWay(1);
        }

        /// Of those that wait longest, one whose connection has the most requests under way; null where nobody waits.
        private @Nullable CountedExchange next() {
            CountedExchange most = null;
            int compared = 0;
            for (var one : exchanges) {
                if (most == null || one.siblings() > most.siblings()) {
                    most = one;
                }
                if (++compared == COMPARED) {
                    break;
                }
            }
            return most;
        }

        /// @return whether somebody did
        boolean giveWay(int most) {
            int left = most;
            for (var next = next(); left > 0 && next != null; next = next()) {
                exchanges.remove(next);
                next.giveWay();
                left--;
            }
            if (left < most) {
                log.log(
                        Level.WARN,
                        Failure.GAVE_WAY.token(),
                        "waiting requests reset reason={} count={} requests={} held={} limit={}",
                        Failure.GAVE_WAY.token(),
                        most - left,
                        all.get(),
                        budget.held(),
                        budget.limit());
            }
            return left < most;
        }
    }
}
