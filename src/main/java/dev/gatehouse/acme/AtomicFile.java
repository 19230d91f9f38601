package dev.gatehouse.acme;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/// Writes files that are whole or as before, whatever happens meanwhile, and that only their owner can read.
final class AtomicFile {
    private AtomicFile() {}

    /// Makes a directory, and those above it, for the owner only; one that exists stays as it is.
    static void directory(Path directory) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /// Puts a text in the place of the file. On return it is on the disk.
    static void write(Path file, String text) throws IOException {
        var directory = Objects.requireNonNull(file.getParent());
        directory(directory);
        var fresh = directory.resolve("." + file.getFileName() + ".tmp");
        Files.deleteIfExists(fresh);
        try {
            try (var channel = FileChannel.open(
                    fresh,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            Files.deleteIfExists(fresh);
            throw failed;
        }
        sync(directory);
    }

    /// Removes a file if it is there.
    static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            sync(Objects.requireNonNull(file.getParent()));
        }
    }

    /// A rename is lasting once its directory is on the disk.
    private static void sync(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
