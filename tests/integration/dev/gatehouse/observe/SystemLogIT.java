package dev.gatehouse.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.LogConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(60)
class SystemLogIT {
    @TempDir
    Path directory;

    @AfterEach
    void backToStandardError() {
        SystemLog.configure(config(LogConfig.Level.INFO, null));
    }

    @Test
    void bothLoggingInterfacesEndInTheFile() throws IOException {
        var path = directory.resolve("gatehouse.log");
        SystemLog.configure(config(LogConfig.Level.INFO, path));

        LoggerFactory.getLogger("dev.gatehouse.Some").info("listening address={}", "127.0.0.1:8080");
        java.util.logging.Logger.getLogger("org.example.library").warning("odd");
        java.util.logging.Logger.getLogger("org.example.library").info("chatter");
        SystemLog.flush();

        assertThat(Files.readAllLines(path).stream().map(line -> line.substring(28)))
                .containsExactly("INFO listening address=127.0.0.1:8080", "WARN odd logger=org.example.library");
    }

    @Test
    void rotationNeedsNoSignal() throws IOException {
        var path = directory.resolve("gatehouse.log");
        SystemLog.configure(config(LogConfig.Level.WARN, path));
        var log = LoggerFactory.getLogger("dev.gatehouse.Some");

        log.warn("one");
        log.info("not kept");
        SystemLog.flush();
        Files.move(path, directory.resolve("gatehouse.log.1"));
        log.error("two");
        SystemLog.flush();

        assertThat(Files.readString(directory.resolve("gatehouse.log.1"))).endsWith("WARN one\n");
        assertThat(Files.readString(path)).endsWith("ERROR two\n").hasLineCount(1);
    }

    private static LogConfig config(LogConfig.Level level, @org.jspecify.annotations.Nullable Path file) {
        return new LogConfig(level, file, false, null, LogConfig.AccessFormat.COMBINED, false);
    }
}
