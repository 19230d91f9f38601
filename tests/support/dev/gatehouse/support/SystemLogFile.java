package dev.gatehouse.support;

import dev.gatehouse.config.LogConfig;
import dev.gatehouse.observe.SystemLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The system log of this process in a file, for the tests of a class. What proxies say more than ten times a minute
/// is not in it.
public final class SystemLogFile implements BeforeAllCallback, AfterAllCallback {
    private @Nullable Path file;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        var made = Files.createTempFile("gatehouse-it", ".log");
        SystemLog.configure(config(made));
        file = made;
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        SystemLog.configure(config(null));
        if (file != null) {
            Files.delete(file);
        }
    }

    private static LogConfig config(@Nullable Path path) {
        return new LogConfig(LogConfig.Level.INFO, path, false, null, LogConfig.AccessFormat.COMBINED, false);
    }

    /// Its lines so far that have that token as their reason.
    public List<String> lines(String token) {
        return lines().stream()
                .filter(line -> (line + " ").contains(" reason=" + token + " "))
                .toList();
    }

    /// Its lines so far.
    public List<String> lines() {
        SystemLog.flush();
        var path = file;
        if (path == null) {
            return List.of();
        }
        try {
            return Files.readAllLines(path);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Waits for a line with that token.
    public String await(String token) {
        return Awaitility.await("system log line with " + token)
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> lines(token), found -> !found.isEmpty())
                .getLast();
    }
}
