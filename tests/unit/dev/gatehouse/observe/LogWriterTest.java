package dev.gatehouse.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The writer without its thread: each step is called by the test.
class LogWriterTest {
    private final AtomicLong nanoTime = new AtomicLong();
    private final List<LogWriter.Trouble> told = new ArrayList<>();

    @TempDir
    Path directory;

    @Test
    void writesLinesInOrderAndCreatesTheDirectory() throws IOException {
        var path = directory.resolve("new/dir/access.log");
        var writer = writer(8, LogFile.at(path));
        writer.offer("one");
        writer.offer("two");

        assertThat(writer.writeAll()).isEqualTo(2);
        assertThat(path).hasContent("one\ntwo\n");
        assertThat(told).isEmpty();
    }

    @Test
    void dropsAndCountsWhatTheRingCannotHold() throws IOException {
        var path = directory.resolve("access.log");
        var writer = writer(2, LogFile.at(path));
        for (var line : List.of("one", "two", "three", "four", "five")) {
            writer.offer(line);
        }
        writer.writeAll();

        assertThat(path).hasContent("one\ntwo\n");
        assertThat(writer.dropped()).isEqualTo(3);
        assertThat(told).containsExactly(new LogWriter.Trouble(3, 3, path.toString(), null));
    }

    @Test
    void tellsDropsAtMostOnceAMinute() {
        var writer = writer(1, LogFile.at(directory.resolve("access.log")));
        for (int second = 0; second < 180; second++) {
            nanoTime.set(second * 1_000_000_000L);
            writer.offer("kept");
            writer.offer("dropped");
            writer.writeAll();
        }

        assertThat(told).extracting(LogWriter.Trouble::lost).containsExactly(1L, 60L, 60L);
        assertThat(told).extracting(LogWriter.Trouble::total).containsExactly(1L, 61L, 121L);
    }

    @Test
    @Tag("RS-02")
    void countsWhatAFullDiskRefuses() {
        assumeTrue(Files.exists(Path.of("/dev/full")), "needs /dev/full");
        var writer = writer(8, LogFile.at(Path.of("/dev/full")));
        writer.offer("one");
        writer.offer("two");
        writer.writeAll();

        assertThat(writer.dropped()).isEqualTo(2);
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().cause()).hasMessageContaining("No space left");
    }

    @Test
    @Tag("RS-02")
    void goesOnWhenTheDirectoryCannotBeMadeAndComesBackWhenItCan() throws IOException {
        var blocker = Files.createFile(directory.resolve("logs"));
        var path = blocker.resolve("access.log");
        var writer = writer(8, LogFile.at(path));
        writer.offer("lost");
        writer.writeAll();
        Files.delete(blocker);
        writer.offer("kept");
        writer.writeAll();

        assertThat(path).hasContent("kept\n");
        assertThat(writer.dropped()).isEqualTo(1);
    }

    @Test
    void oneRecordThatCannotBeFormattedCostsOnlyItself() {
        var path = directory.resolve("access.log");
        var writer = new LogWriter<String>(
                "test",
                8,
                LogFile.at(path),
                (text, out) -> {
                    out.raw(text);
                    if (text.equals("bad")) {
                        throw new IllegalStateException("boom");
                    }
                    out.raw('\n');
                },
                told::add,
                nanoTime::get);
        writer.offer("one");
        writer.offer("bad");
        writer.offer("two");
        writer.writeAll();

        assertThat(path).hasContent("one\ntwo\n");
        assertThat(writer.dropped()).isEqualTo(1);
    }

    @Test
    @Tag("RS-02")
    void followsTheNameAfterRenameDeleteAndTruncate() throws IOException {
        var path = directory.resolve("access.log");
        var rotated = directory.resolve("access.log.1");
        var writer = writer(8, LogFile.at(path));
        write(writer, "before");
        Files.move(path, rotated);
        write(writer, "renamed");
        assertThat(rotated).hasContent("before\n");
        assertThat(path).hasContent("renamed\n");

        Files.delete(path);
        write(writer, "deleted");
        assertThat(path).hasContent("deleted\n");

        Files.copy(path, directory.resolve("access.log.2"));
        Files.newByteChannel(path, java.nio.file.StandardOpenOption.WRITE)
                .truncate(0)
                .close();
        write(writer, "truncated");
        assertThat(path).hasContent("truncated\n");
        assertThat(writer.dropped()).isZero();
    }

    private static void write(LogWriter<String> writer, String line) {
        writer.offer(line);
        writer.writeAll();
    }

    private LogWriter<String> writer(int capacity, LogFile file) {
        return new LogWriter<>(
                "test", capacity, file, (text, out) -> out.raw(text).raw('\n'), told::add, nanoTime::get);
    }
}
