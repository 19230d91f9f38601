package dev.gatehouse.observe;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/// Keeps a cause that repeats from filling the system log: at most so many lines a minute for each key. The first line
/// after a silence ends with how many were left out: `suppressed=17`. All are counted, also those that the log has
/// not. Any thread, no locks.
public final class RateLimited {
    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final int MAX_KEYS = 1_024;
    private static final String OTHERS = "";

    private final Logger logger;
    private final int linesPerMinute;
    private final LongSupplier nanoTime;
    private final ConcurrentHashMap<String, Window> windows = new ConcurrentHashMap<>();

    /// @param linesPerMinute for each key, at least 1
    public RateLimited(Logger logger, int linesPerMinute) {
        this(logger, linesPerMinute, System::nanoTime);
    }

    RateLimited(Logger logger, int linesPerMinute, LongSupplier nanoTime) {
        this.logger = logger;
        this.linesPerMinute = linesPerMinute;
        this.nanoTime = nanoTime;
    }

    /// Logs the line, unless there were too many of this key.
    ///
    /// @param key a word of ours, such as a failure's token; beyond 1,024 keys the rest share one
    /// @param message as SLF4J takes it
    public void log(Level level, String key, String message, Object... arguments) {
        if (!logger.isEnabledForLevel(level)) {
            window(key).all.increment();
            return;
        }
        var suppressed = admit(key);
        if (suppressed == 0) {
            logger.atLevel(level).log(message, arguments);
        } else if (suppressed > 0) {
            logger.atLevel(level).log(message + " suppressed=" + suppressed, arguments);
        }
    }

    /// Counts one line of this key.
    ///
    /// @return -1 if it is to be left out; else how many were left out since the last that was not
    public long admit(String key) {
        var window = window(key);
        window.all.increment();
        var now = nanoTime.getAsLong();
        var start = window.start.get();
        if (now - start >= MINUTE_NANOS && window.start.compareAndSet(start, now)) {
            window.lines.set(0);
        }
        if (window.lines.get() < linesPerMinute && window.lines.incrementAndGet() <= linesPerMinute) {
            return window.suppressed.getAndSet(0);
        }
        window.suppressed.incrementAndGet();
        return -1;
    }

    /// How often each key was there so far, by key.
    public SortedMap<String, Long> counts() {
        var counts = new TreeMap<String, Long>();
        windows.forEach((key, window) -> counts.put(key, window.all.sum()));
        return counts;
    }

    private Window window(String key) {
        var window = windows.get(key);
        if (window == null) {
            var kept = windows.size() < MAX_KEYS ? key : OTHERS;
            window = windows.computeIfAbsent(kept, _ -> new Window(nanoTime.getAsLong()));
        }
        return window;
    }

    private static final class Window {
        private final LongAdder all = new LongAdder();
        private final AtomicLong start;
        private final AtomicInteger lines = new AtomicInteger();
        private final AtomicLong suppressed = new AtomicLong();

        private Window(long start) {
            this.start = new AtomicLong(start);
        }
    }
}
