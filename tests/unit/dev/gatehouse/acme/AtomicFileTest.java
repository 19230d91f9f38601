package dev.gatehouse.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("AC-05")
class AtomicFileTest {
    @TempDir
    Path directory;

    @Test
    void onlyTheOwnerMayReadWhateverWasThereBefore() throws IOException {
        var file = directory.resolve("a/b/key.pem");
        AtomicFile.write(file, "one");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        // What a process left that was killed while it wrote.
        Files.writeString(file.resolveSibling(".key.pem.tmp"), "hal");

        AtomicFile.write(file, "two");

        assertThat(Files.readString(file)).isEqualTo("two");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("a"))))
                .isEqualTo("rwx------");
        try (var files = Files.list(directory.resolve("a/b"))) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void whereItCannotBeWrittenTheOldOneIsAsItWas() throws IOException {
        var file = directory.resolve("key.pem");
        AtomicFile.write(file, "one");
        Files.createDirectories(directory.resolve(".key.pem.tmp/x"));

        assertThatThrownBy(() -> AtomicFile.write(file, "two")).isInstanceOf(IOException.class);

        assertThat(Files.readString(file)).isEqualTo("one");
    }
}
