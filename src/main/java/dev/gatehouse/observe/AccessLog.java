package dev.gatehouse.observe;

import dev.gatehouse.config.LogConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The access log. Loops hand records over without waiting; the thread `access-log` writes them.
///
/// What cannot be kept is dropped and counted, never waited for: the queue holds at most [#capacity()] records, and of
/// those with very long fields no more than a 64th of the heap. Drops are told in the system log, at most once a
/// minute.
public final class AccessLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    /// Characters of strangers from which on a record counts as heavy.
    private static final int HEAVY = 1_024;

    private static final Duration HAND_OVER = Duration.ofSeconds(1);

    private LogConfig config;
    private volatile @Nullable LogWriter<AccessRecord> writer;

    /// Characters in the heavy records that wait: what a stalled disk and long header fields could fill the heap with.
    private final AtomicLong heavyWaiting = new AtomicLong();

    private final long heavyLimit = Runtime.getRuntime().maxMemory() / 64;

    /// A log as the configuration asks for. A file that cannot be opened is tried again with every batch.
    public static AccessLog start(LogConfig config) {
        return new AccessLog(config);
    }

    private AccessLog(LogConfig config) {
        this.config = config;
        this.writer = writer(config);
    }

    private @Nullable LogWriter<AccessRecord> writer(LogConfig wanted) {
        if (!wanted.access()) {
            return null;
        }
        var path = wanted.accessFile();
        var file = path == null ? LogFile.stdout() : LogFile.at(path);
        var lines = new AccessLines(wanted.accessFormat(), wanted.redactQuery());
        var made = new LogWriter<AccessRecord>(
                "access-log",
                capacity(),
                file,
                (record, out) -> {
                    var weight = weight(record);
                    if (weight > HEAVY) {
                        heavyWaiting.addAndGet(-weight);
                    }
                    lines.append(record, out);
                },
                AccessLog::told);
        made.start();
        return made;
    }

    /// Writes as this configuration asks for from now on. What was handed over before is written as it was to be. One
    /// thread at a time.
    public void configure(LogConfig wanted) {
        if (wanted.equals(config)) {
            return;
        }
        var before = writer;
        config = wanted;
        writer = writer(wanted);
        if (before != null) {
            Thread.ofVirtual().name("access-log-before").start(() -> {
                // A loop may be about to hand a record to the writer it saw.
                LockSupport.parkNanos(HAND_OVER.toNanos());
                before.close();
            });
        }
    }

    /// Whether records are written at all; else there is no need to make them.
    public boolean enabled() {
        return writer != null;
    }

    /// Hands a record over; any thread, never waits. The record must not be changed afterwards.
    public void record(AccessRecord record) {
        var to = writer;
        if (to == null) {
            return;
        }
        var weight = weight(record);
        if (weight > HEAVY && heavyWaiting.addAndGet(weight) > heavyLimit) {
            heavyWaiting.addAndGet(-weight);
            to.drop();
        } else if (!to.offer(record) && weight > HEAVY) {
            heavyWaiting.addAndGet(-weight);
        }
    }

    /// How many records were lost since the log was opened: no room in the queue, or the file could not be written.
    public long dropped() {
        var to = writer;
        return to == null ? 0 : to.dropped();
    }

    /// Closes the file and opens it by its name again, soon.
    public void reopen() {
        var to = writer;
        if (to != null) {
            to.reopen();
        }
    }

    /// Writes what was handed over, for at most two seconds, and ends the thread.
    @Override
    public void close() {
        var to = writer;
        if (to != null) {
            to.close();
        }
    }

    /// 65,536 records; in a heap of less than 512 MiB one for each 8 KiB.
    static int capacity() {
        return Math.clamp(Runtime.getRuntime().maxMemory() >> 13, 1_024, 65_536);
    }

    private static int weight(AccessRecord record) {
        return length(record.target)
                + length(record.referer)
                + length(record.userAgent)
                + length(record.forwardedFor)
                + length(record.host);
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static void told(LogWriter.Trouble trouble) {
        if (trouble.cause() == null) {
            LOG.warn("access log dropped records={} total={} cause=\"queue full\"", trouble.lost(), trouble.total());
        } else {
            LOG.warn(
                    "access log dropped records={} total={} file={} cause={}",
                    trouble.lost(),
                    trouble.total(),
                    Facts.quoted(trouble.file()),
                    Facts.cause(trouble.cause()));
        }
    }
}
