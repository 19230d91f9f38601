package dev.gatehouse.app;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.SystemLogFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every way in which a file is replaced, noticed by the kernel and by looking.
@Timeout(60)
class FileWatcherIT {
    private static final String OLD = "old";
    private static final String NEW = "a whole new file";

    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    @TempDir
    Path directory;

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private @Nullable FileWatcher watcher;

    enum Means {
        KERNEL {
            @Override
            DirectoryWatch directories() {
                return DirectoryWatch.ofSystem();
            }
        },
        LOOKING {
            @Override
            DirectoryWatch directories() {
                return new DirectoryWatch(null);
            }
        };

        abstract DirectoryWatch directories();
    }

    private void watch(Means means, Path watched) {
        var made = new FileWatcher(
                means.directories(),
                FileStates.of(Set.of(watched)),
                () -> Set.of(watched),
                () -> new FileStates(Map.of()),
                () -> seen.add(read(watched)));
        made.start();
        watcher = made;
    }

    @AfterEach
    void stop() {
        var started = watcher;
        if (started != null) {
            started.close();
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void awaitNew() {
        await().until(() -> seen.contains(NEW));
    }

    @Tag("CF-04")
    @ParameterizedTest
    @EnumSource
    void fileThatIsWrittenOver(Means means) throws IOException {
        var plain = Files.writeString(directory.resolve("config.toml"), OLD);
        watch(means, plain);
        Files.writeString(plain, NEW);

        awaitNew();
        assertThat(seen).containsExactly(NEW);
    }

    @Tag("CF-04")
    @ParameterizedTest
    @EnumSource
    void fileThatIsSavedInTwoWrites(Means means) throws IOException {
        var plain = Files.writeString(directory.resolve("config.toml"), OLD);
        watch(means, plain);
        try (var out = Files.newBufferedWriter(plain)) {
            out.write(NEW.substring(0, 5));
            out.flush();
            // As long as an editor may take; nothing that the watcher must wait out.
            LockSupport.parkNanos(50_000_000);
            out.write(NEW.substring(5));
        }

        awaitNew();
        assertThat(seen).doesNotContain(NEW.substring(0, 5));
    }

    /// A log beside the configuration, as of the proxy itself.
    @Test
    void directoryThatOthersWriteToAllTheTime() throws IOException {
        var plain = Files.writeString(directory.resolve("config.toml"), OLD);
        watch(Means.KERNEL, plain);
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> {
            Files.writeString(directory.resolve("access.log"), "a line\n", CREATE, APPEND);
            return !LOG.lines("watch.poll").isEmpty();
        });
        assertThat(LOG.await("watch.poll")).contains("other files change all the time in [" + directory + "]");
        assertThat(seen).isEmpty();

        Files.writeString(plain, NEW);

        awaitNew();
    }

    @Tag("CF-04")
    @ParameterizedTest
    @EnumSource
    void fileThatIsRenamedOver(Means means) throws IOException {
        var plain = Files.writeString(directory.resolve("config.toml"), OLD);
        watch(means, plain);
        var fresh = Files.writeString(directory.resolve(".config.toml.swp"), NEW);
        Files.move(fresh, plain, StandardCopyOption.ATOMIC_MOVE);

        awaitNew();
    }

    @Tag("CF-04")
    @ParameterizedTest
    @EnumSource
    void fileThatIsDeletedAndMadeAgain(Means means) throws IOException {
        var plain = Files.writeString(directory.resolve("config.toml"), OLD);
        watch(means, plain);
        Files.delete(plain);
        Files.writeString(plain, NEW);

        awaitNew();
    }

    /// As Kubernetes mounts them: config.toml → ..data/config.toml, ..data → ..1.
    @Tag("CF-04")
    @ParameterizedTest
    @EnumSource
    void linkThatIsSwapped(Means means) throws IOException {
        var first = Files.createDirectory(directory.resolve("..1"));
        Files.writeString(first.resolve("config.toml"), OLD);
        var data = Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
        var link = Files.createSymbolicLink(directory.resolve("config.toml"), Path.of("..data/config.toml"));
        watch(means, link);
        var second = Files.createDirectory(directory.resolve("..2"));
        Files.writeString(second.resolve("config.toml"), NEW);
        var fresh = Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2"));
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);

        awaitNew();
    }

    @Tag("CF-09")
    @ParameterizedTest
    @EnumSource
    void directoryThatIsReplaced(Means means) throws IOException {
        var first = Files.createDirectory(directory.resolve("first"));
        var second = Files.createDirectory(directory.resolve("second"));
        Files.writeString(first.resolve("config.toml"), OLD);
        Files.writeString(second.resolve("config.toml"), NEW);
        var etc = Files.createSymbolicLink(directory.resolve("etc"), first);
        watch(means, etc.resolve("config.toml"));
        var fresh = Files.createSymbolicLink(directory.resolve("etc.new"), second);
        Files.move(fresh, etc, StandardCopyOption.ATOMIC_MOVE);

        awaitNew();
    }

    /// The directory itself, and one above it.
    @Tag("CF-04")
    @ParameterizedTest
    @ValueSource(strings = {"above/etc", "above"})
    void directoryThatIsRenamedAwayAndReplacedByAnother(String renamed) throws IOException {
        var plain = Files.createDirectories(directory.resolve("above/etc")).resolve("config.toml");
        Files.writeString(plain, OLD);
        var next = Files.createDirectories(directory.resolve("next/etc"));
        Files.writeString(next.resolve("config.toml"), NEW);
        watch(Means.KERNEL, plain);
        Files.writeString(plain, "watched");
        await().until(() -> seen.contains("watched"));
        Files.move(directory.resolve(renamed), directory.resolve("old"));
        Files.move(renamed.equals("above") ? directory.resolve("next") : next, directory.resolve(renamed));

        // Long before the look that is made in any case.
        awaitNew();
    }

    @Tag("CF-04")
    @ParameterizedTest
    @EnumSource
    void sameContentIsNoChange(Means means) throws IOException {
        var plain = Files.writeString(directory.resolve("config.toml"), OLD);
        watch(means, plain);
        Files.writeString(plain, OLD);
        Files.writeString(directory.resolve("another"), NEW);
        Files.writeString(plain, NEW);

        awaitNew();
        assertThat(seen).containsOnly(NEW);
    }

    @Tag("CF-05")
    @ParameterizedTest
    @EnumSource
    void fileThatIsSavedAThousandTimesAMinuteIsReadAllTheSame(Means means) throws IOException {
        var plain = Files.writeString(directory.resolve("config.toml"), OLD);
        watch(means, plain);
        int saves = 0;
        while (seen.isEmpty() && saves < 1_000) {
            var fresh = Files.writeString(directory.resolve(".fresh"), "whole " + saves++);
            Files.move(fresh, plain, StandardCopyOption.ATOMIC_MOVE);
            LockSupport.parkNanos(60_000_000);
        }
        int during = seen.size();
        Files.writeString(plain, NEW);

        awaitNew();
        assertThat(during).isPositive();
        assertThat(seen.getLast()).isEqualTo(NEW);
        assertThat(seen).hasSizeLessThan(saves);
    }
}
