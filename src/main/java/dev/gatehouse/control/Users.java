package dev.gatehouse.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;

/// Who users are, by number: names can be anything.
final class Users {
    static final int ROOT = 0;

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int EFFECTIVE = 2;

    private Users() {}

    /// The effective user of this process.
    ///
    /// @throws UnsupportedOperationException the system does not say it
    static int self() throws IOException {
        if (!Files.isReadable(STATUS)) {
            throw new UnsupportedOperationException(STATUS.toString());
        }
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("Uid:"))
                    .map(line -> Integer.parseUnsignedInt(line.split("\\s+")[EFFECTIVE]))
                    .findFirst()
                    .orElseThrow(() -> new IOException(STATUS + " has no Uid"));
        }
    }

    /// Whose a file is; of a link, the link's.
    static int owner(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /// Who listened at the other end of a UNIX socket when this one connected.
    static UserPrincipal peer(SocketChannel channel) throws IOException {
        return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    }

    /// A user as Java compares them.
    static UserPrincipal named(Path path, int user) throws IOException {
        return path.getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName(Integer.toUnsignedString(user));
    }
}
