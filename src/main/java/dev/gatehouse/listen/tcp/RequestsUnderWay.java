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
/// Who waits longest gives way: a client that does not read its response, or one whose body nobody takes. So clients
/// that hold memory and do nothing cannot keep it from those that come and go. Only where nobody waits is the newcomer
/// refused.
final class RequestsUnderWay {
    private static final Logger LOG = LoggerFactory.getLogger(RequestsUnderWay.class);
    private static final int LINES_PER_MINUTE = 2;

    /// What a request may take of the heap, its share of everything else included.
    private static final long HEAP_BYTES = 32 * 1024;

    /// How many more there may be for a moment, one in so many: there is room for clients with few requests, while
    /// those with many are refused, and for newcomers while others are about to give way.
    private static final int MARGIN = 8;

    private static final int FEW = 4;

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
            boolean relieved = here().giveWay(1);
            if (!relieved) {
                relieve();
            }
            boolean much = tooMany ? now > (long) max + max / MARGIN : budget.isFullBy(MARGIN);
            if (!relieved && (much || exchange.siblings() > FEW)) {
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

        /// @return whether somebody did
        boolean giveWay(int most) {
            int left = most;
            while (left > 0 && !exchanges.isEmpty()) {
                var longest = exchanges.removeFirst();
                longest.giveWay();
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
