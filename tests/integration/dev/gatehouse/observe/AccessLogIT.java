package dev.gatehouse.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.config.LogConfig;
import dev.gatehouse.config.LogConfig.AccessFormat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The log with its thread and real files (RS-02).
@Timeout(60)
class AccessLogIT {
    private static final Pattern TARGET = Pattern.compile("\"target\":\"/(\\d+)\"");

    @TempDir
    Path directory;

    private int next;

    @Test
    void renamingLosesNothing() throws IOException {
        var path = directory.resolve("access.log");
        try (var log = AccessLog.start(toFile(path))) {
            record(log, 100);
            await().until(() -> Files.exists(path) && lines(path).size() == 100);
            Files.move(path, directory.resolve("access.log.1"));
            record(log, 50);
            await().until(() -> Files.exists(path) && lines(path).size() == 50);
        }

        assertThat(numbers(directory.resolve("access.log.1"), path)).containsExactlyElementsOf(upTo(150));
    }

    @Test
    void whatIsMadeIsForItsOwnerAndTheGroup() throws IOException {
        var made = directory.resolve("new");
        var path = made.resolve("access.log");
        try (var log = AccessLog.start(toFile(path))) {
            record(log, 1);
        }

        assertThat(mode(path)).isEqualTo("rw-r-----");
        assertThat(mode(made)).isEqualTo("rwxr-x---");

        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        try (var log = AccessLog.start(toFile(path))) {
            record(log, 1);
        }
        assertThat(mode(path)).as("what others made stays as they made it").isEqualTo("rw-r--r--");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void copyAndTruncateLeavesNoHole() throws IOException {
        var path = directory.resolve("access.log");
        try (var log = AccessLog.start(toFile(path))) {
            record(log, 100);
            await().until(() -> Files.exists(path) && lines(path).size() == 100);
            Files.copy(path, directory.resolve("access.log.1"));
            try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
            record(log, 20);
        }

        assertThat(numbers(directory.resolve("access.log.1"), path)).containsExactlyElementsOf(upTo(120));
    }

    @Test
    void removedDirectoryIsTriedAgainAndDropsAreCounted() throws IOException {
        var logs = Files.createDirectory(directory.resolve("logs"));
        var path = logs.resolve("access.log");
        try (var log = AccessLog.start(toFile(path))) {
            record(log, 10);
            await().until(() -> Files.exists(path) && lines(path).size() == 10);
            Files.delete(path);
            Files.delete(logs);
            Files.createFile(logs); // a file in the way: the directory cannot be made again
            record(log, 30);
            await().until(() -> log.dropped() == 30);
            Files.delete(logs);
            record(log, 5);
            await().until(() -> Files.exists(path) && lines(path).size() == 5);

            assertThat(log.dropped()).isEqualTo(30);
        }
    }

    @Test
    void reopenIsAnswered() throws IOException {
        var path = directory.resolve("access.log");
        try (var log = AccessLog.start(toFile(path))) {
            record(log, 1);
            await().until(() -> Files.exists(path) && lines(path).size() == 1);
            log.reopen();
            record(log, 1);
        }

        assertThat(numbers(path)).containsExactlyElementsOf(upTo(2));
    }

    @Test
    void wakesUpAfterALongSilence() throws IOException {
        var path = directory.resolve("access.log");
        try (var log = AccessLog.start(toFile(path))) {
            record(log, 1);
            await().until(() -> Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread ->
                            thread.getName().equals("access-log") && thread.getState() == Thread.State.WAITING));
            record(log, 1);
            await().until(() -> lines(path).size() == 2);
        }

        assertThat(numbers(path)).containsExactlyElementsOf(upTo(2));
    }

    @Test
    void closingWritesWhatIsLeft() throws IOException {
        var path = directory.resolve("access.log");
        try (var log = AccessLog.start(toFile(path))) {
            record(log, 1_000);
        }

        assertThat(numbers(path)).hasSize(1_000);
    }

    @Test
    void longFieldsCannotFillTheHeap() throws IOException {
        var path = directory.resolve("access.log");
        var huge = "x".repeat(30_000);
        var limit = Runtime.getRuntime().maxMemory() / 64 / huge.length();
        var kept = 0L;
        var dropped = 0L;
        try (var log = AccessLog.start(toFile(path))) {
            for (long i = 0; i < limit * 3; i++) {
                var access = new AccessRecord();
                access.userAgent = huge;
                log.record(access);
            }
            dropped = log.dropped();
            kept = limit * 3 - dropped;
            record(log, 1); // an ordinary one still finds its place
        }

        assertThat(dropped).isPositive();
        assertThat(lines(path)).hasSize((int) kept + 1).last().asString().contains("\"target\":\"/0\"");
    }

    private void record(AccessLog log, int count) {
        for (int i = 0; i < count; i++) {
            var access = new AccessRecord();
            access.target = "/" + next++;
            log.record(access);
        }
    }

    private static LogConfig toFile(Path path) {
        return new LogConfig(LogConfig.Level.INFO, null, true, path, AccessFormat.JSON, false);
    }

    private static List<Integer> upTo(int count) {
        return Stream.iterate(0, n -> n + 1).limit(count).toList();
    }

    private static List<Integer> numbers(Path... paths) throws IOException {
        var all = new java.util.ArrayList<Integer>();
        for (var path : paths) {
            for (var line : lines(path)) {
                var matcher = TARGET.matcher(line);
                assertThat(matcher.find()).as(line).isTrue();
                all.add(Integer.valueOf(matcher.group(1)));
            }
        }
        return all;
    }

    private static List<String> lines(Path path) throws IOException {
        return Files.readAllLines(path);
    }
}
