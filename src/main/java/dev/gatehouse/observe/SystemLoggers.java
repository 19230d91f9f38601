package dev.gatehouse.observe;

import dev.gatehouse.config.LogConfig;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/// All loggers of the process and the level that each of them keeps.
///
/// Our own classes follow the configured level. Libraries say WARN and worse; with `debug` they say INFO as well, with
/// `trace` also DEBUG.
final class SystemLoggers implements ILoggerFactory {
    private static final String OURS = "dev.gatehouse.";

    /// Warns once for each request with a bad authority, which our own logs tell in our own words, and limited.
    private static final String PER_REQUEST = "org.eclipse.jetty.util.HostPort";
    private static final ConcurrentHashMap<String, SystemLogger> LOGGERS = new ConcurrentHashMap<>();
    private static volatile LogConfig.Level configured = LogConfig.Level.INFO;

    @Override
    public Logger getLogger(String name) {
        return LOGGERS.computeIfAbsent(name, SystemLogger::new);
    }

    static boolean isOurs(String logger) {
        return logger.startsWith(OURS);
    }

    /// Whether the level is one for finding faults in Gatehouse itself.
    static boolean detailed() {
        return configured.compareTo(LogConfig.Level.DEBUG) <= 0;
    }

    static void level(LogConfig.Level level) {
        configured = level;
        LOGGERS.values().forEach(SystemLogger::levelChanged);
    }

    /// The lowest level that a logger keeps.
    static Level levelOf(String logger) {
        var ours = isOurs(logger);
        return switch (configured) {
            case TRACE -> ours ? Level.TRACE : Level.DEBUG;
            case DEBUG -> ours ? Level.DEBUG : Level.INFO;
            case INFO -> ours ? Level.INFO : logger.equals(PER_REQUEST) ? Level.ERROR : Level.WARN;
            case WARN -> logger.equals(PER_REQUEST) ? Level.ERROR : Level.WARN;
            case ERROR -> Level.ERROR;
        };
    }
}
