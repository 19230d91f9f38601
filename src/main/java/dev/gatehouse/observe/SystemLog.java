package dev.gatehouse.observe;

import dev.gatehouse.config.LogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// The system log of the process: everything that is said through SLF4J or `java.util.logging`, one event a line.
///
/// Until it is configured it writes from INFO up to standard error. Events are written by the thread `system-log`, so
/// that a loop may log without waiting.
public final class SystemLog {
    private static final int CAPACITY = 4_096;
    private static final Duration FLUSH = Duration.ofSeconds(1);
    private static final ReentrantLock LOCK = new ReentrantLock();

    private static volatile LogWriter<SystemEvent> writer = open(LogFile.stderr());
    private static LogConfig.Level level = LogConfig.Level.INFO;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(SystemLog::flush, "system-log-flush"));
    }

    private SystemLog() {}

    /// Takes level and file from the configuration; also later, with another one. What was said before goes where it
    /// would have gone.
    public static void configure(LogConfig config) {
        LOCK.lock();
        try {
            var before = writer;
            var path = config.systemFile();
            writer = open(path == null ? LogFile.stderr() : LogFile.at(path));
            before.close();
            level = config.level();
            SystemLoggers.level(level);
            bridge();
        } finally {
            LOCK.unlock();
        }
    }

    /// Closes the file and opens it by its name again, soon.
    public static void reopen() {
        writer.reopen();
    }

    /// Waits until what was said so far is written, for at most a second.
    public static void flush() {
        writer.flush(FLUSH);
    }

    /// How many events were lost since the file was opened.
    public static long dropped() {
        return writer.dropped();
    }

    static void add(SystemEvent event) {
        writer.offer(event);
    }

    private static LogWriter<SystemEvent> open(LogFile file) {
        var lines = new SystemLines();
        var made = new LogWriter<SystemEvent>("system-log", CAPACITY, file, lines::append, SystemLog::told);
        made.start();
        return made;
    }

    /// The file itself is in trouble, or so full of events that a further one does not matter: standard error is left.
    private static void told(LogWriter.Trouble trouble) {
        var cause = trouble.cause();
        var line = new LineBuffer(512);
        new SystemLines()
                .append(
                        new SystemEvent(
                                AccessRecord.nowMicros(),
                                org.slf4j.event.Level.WARN,
                                SystemLog.class.getName(),
                                Thread.currentThread().getName(),
                                "system log dropped events=" + trouble.lost() + " total=" + trouble.total() + " file="
                                        + Facts.quoted(trouble.file()) + " cause="
                                        + (cause == null ? Facts.quoted("queue full") : Facts.cause(cause)),
                                null),
                        line);
        try {
            LogFile.stderr().write(ByteBuffer.wrap(line.bytes(), 0, line.length()));
        } catch (IOException _) {
            // nobody is left to tell
        }
    }

    /// `java.util.logging` formats nothing below the level that would be kept.
    private static void bridge() {
        if (!SLF4JBridgeHandler.isInstalled()) {
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }
        Logger.getLogger("")
                .setLevel(
                        switch (level) {
                            case TRACE -> Level.FINE;
                            case DEBUG -> Level.INFO;
                            case INFO, WARN -> Level.WARNING;
                            case ERROR -> Level.SEVERE;
                        });
    }
}
