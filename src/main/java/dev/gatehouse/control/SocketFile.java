package dev.gatehouse.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// A listening UNIX socket under a name that only its owner may use.
///
/// `bind(2)` makes a socket with the rights that the umask leaves, and the Java runtime cannot change that: so it is
/// bound in a private directory, gets its rights there, and is renamed to where it belongs. The name of a process that
/// is gone is taken over; one that somebody listens on is not.
final class SocketFile implements AutoCloseable {
    private static final int BACKLOG = 64;

    private final Path path;
    private final ServerSocketChannel channel;
    private final @Nullable Object key;

    private SocketFile(Path path, ServerSocketChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.key = keyOf(path);
    }

    /// Listens. Missing directories are made, for their owner alone.
    ///
    /// @param takeOver whether a process that listens there gives the place away; it has it until ours is ready
    /// @throws InUse when somebody listens there
    static SocketFile listen(Path path, boolean takeOver) throws IOException {
        var directory = path.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException("a directory cannot be a socket");
        }
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, ownerOnly);
        }
        var objection = OwnDirectory.objection(directory);
        if (objection != null) {
            throw new IOException("others could put their own socket in its place: " + objection);
        }
        if (!takeOver) {
            refuseOthers(path);
        }
        var hidden = directory.resolve(randomName());
        Files.createDirectory(hidden, ownerOnly);
        try {
            return listen(path, hidden.resolve("s"));
        } finally {
            Files.deleteIfExists(hidden.resolve("s"));
            Files.deleteIfExists(hidden);
        }
    }

    /// One that nobody can have made before. Short: the kernel takes 107 bytes of a path.
    private static String randomName() {
        return "." + Integer.toUnsignedString(new SecureRandom().nextInt(), Character.MAX_RADIX);
    }

    private static SocketFile listen(Path path, Path hidden) throws IOException {
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(hidden), BACKLOG);
            Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
            Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
            return new SocketFile(path, channel);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    /// What is there may be replaced if it is a socket on which nobody listens.
    private static void refuseOthers(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException("there is something else than a socket");
        }
        try (var _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new InUse(path);
        } catch (ConnectException gone) {
            // Nobody listens.
        }
    }

    /// Another process listens there.
    static final class InUse extends IOException {
        private static final long serialVersionUID = 1;

        InUse(Path path) {
            super("another process listens on " + path);
        }
    }

    Path path() {
        return path;
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /// Stops listening, and takes the name away unless somebody else has it meanwhile.
    @Override
    public void close() throws IOException {
        if (key != null && key.equals(keyOf(path))) {
            Files.deleteIfExists(path);
        }
        channel.close();
    }

    private static @Nullable Object keyOf(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException gone) {
            return null;
        }
    }
}
