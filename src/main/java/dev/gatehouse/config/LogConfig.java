package dev.gatehouse.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where and how logs are written.
///
/// @param level lowest level of system log lines
/// @param systemFile null is standard error
/// @param access whether an access log is written at all
/// @param accessFile null is standard output
/// @param accessFormat layout of an access log line
/// @param redactQuery whether query values are replaced by `<redacted>`
public record LogConfig(
        Level level,
        @Nullable Path systemFile,
        boolean access,
        @Nullable Path accessFile,
        AccessFormat accessFormat,
        boolean redactQuery) {
    /// Levels of the system log, lowest first.
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /// Layouts of an access log line.
    public enum AccessFormat {
        COMBINED,
        JSON
    }
}
