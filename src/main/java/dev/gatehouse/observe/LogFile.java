package dev.gatehouse.observe;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where lines go: a file that is found again after rotation, or a standard stream. One thread.
///
/// Before each write the file behind the name is compared with the open one, so that renaming, deleting and creating
/// anew need no signal. It is opened for appending: truncating it in place works by itself.
///
/// Lines name clients and what they asked for: what is made here is nobody's business but its owner's and the group's.
final class LogFile {
    private static final Set<StandardOpenOption> OPTIONS = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    private static final FileAttribute<?> FILE_MODE = mode("rw-r-----");
    private static final FileAttribute<?> DIRECTORY_MODE = mode("rwxr-x---");

    private final String name;
    private final @Nullable Path path;
    private @Nullable FileChannel channel;
    private @Nullable Object openKey;
    private boolean torn;

    private LogFile(String name, @Nullable Path path, @Nullable FileChannel channel) {
        this.name = name;
        this.path = path;
        this.channel = channel;
    }

    /// A file; missing directories are made when it is opened.
    static LogFile at(Path path) {
        return new LogFile(path.toString(), path, null);
    }

    static LogFile stdout() {
        return standard("standard output", FileDescriptor.out);
    }

    static LogFile stderr() {
        return standard("standard error", FileDescriptor.err);
    }

    private static FileAttribute<?> mode(String mode) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }

    @SuppressWarnings("resource") // the process owns its standard streams
    private static LogFile standard(String name, FileDescriptor descriptor) {
        return new LogFile(name, null, new FileOutputStream(descriptor).getChannel());
    }

    /// For messages.
    String name() {
        return name;
    }

    /// Writes whole lines. After a failure the buffer's remaining bytes are those that were not written; a line that
    /// was cut is ended before the next write.
    void write(ByteBuffer lines) throws IOException {
        var target = current();
        try {
            if (torn) {
                target.write(ByteBuffer.wrap(new byte[] {'\n'}));
                torn = false;
            }
            while (lines.hasRemaining()) {
                target.write(lines);
            }
        } catch (IOException e) {
            torn |= lines.position() > 0 && lines.get(lines.position() - 1) != '\n';
            if (!target.isOpen()) {
                close();
            }
            throw e;
        }
    }

    /// The next write opens the file by its name.
    void close() {
        if (path != null && channel != null) {
            try {
                channel.close();
            } catch (IOException _) {
                // nothing was buffered in it
            }
            channel = null;
        }
    }

    private FileChannel current() throws IOException {
        if (path != null && channel != null && !String.valueOf(openKey).equals(String.valueOf(keyOf(path)))) {
            close();
        }
        if (channel == null) {
            channel = open();
        }
        return channel;
    }

    private FileChannel open() throws IOException {
        if (path == null) {
            throw new IOException(name + " is closed");
        }
        var directory = path.getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            Files.createDirectories(directory, DIRECTORY_MODE);
        }
        var opened = FileChannel.open(path, OPTIONS, FILE_MODE);
        openKey = keyOf(path);
        torn = false;
        return opened;
    }

    /// Device and inode of what the name means now; null where there is nothing.
    private static @Nullable Object keyOf(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException _) {
            return null;
        }
    }
}
