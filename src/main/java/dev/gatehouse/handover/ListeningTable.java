package dev.gatehouse.handover;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// The listening TCP sockets of this host, as the kernel tells in `/proc/net`.
public final class ListeningTable {
    private static final Path PROC = Path.of("/proc");
    private static final String LISTENING = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private ListeningTable() {}

    /// One socket.
    ///
    /// @param link what the links of `/proc/PID/fd` that lead to it say: `socket:[INODE]`
    public record Entry(InetSocketAddress address, String link) {}

    /// All of them; none where the kernel does not tell.
    public static List<Entry> read() {
        var found = new ArrayList<Entry>();
        for (var table : new String[] {"net/tcp", "net/tcp6"}) {
            try (var lines = Files.lines(PROC.resolve(table))) {
                lines.skip(1)
                        .map(line -> line.strip().split("\\s+"))
                        .filter(fields -> fields.length > INODE && fields[STATE].equals(LISTENING))
                        .forEach(fields ->
                                found.add(new Entry(address(fields[LOCAL]), "socket:[" + fields[INODE] + "]")));
            } catch (IOException absent) {
                // Not Linux, or no IPv6.
            }
        }
        return found;
    }

    /// Whether a process other than this one may get clients of an address.
    public static boolean othersHave(InetSocketAddress wanted) throws IOException {
        var ours = links(PROC.resolve("self"));
        return read().stream().anyMatch(entry -> overlap(entry.address, wanted) && !ours.contains(entry.link));
    }

    /// Where the descriptors of a process lead.
    ///
    /// @param process `/proc/PID`
    public static Set<String> links(Path process) throws IOException {
        var found = new HashSet<String>();
        try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    found.add(Files.readSymbolicLink(descriptor).toString());
                } catch (IOException closed) {
                    // Meanwhile.
                }
            }
        }
        return found;
    }

    /// Whether some client could mean both. A wildcard of IPv6 may take IPv4 clients.
    private static boolean overlap(InetSocketAddress one, InetSocketAddress other) {
        return one.getPort() == other.getPort()
                && (one.getAddress().isAnyLocalAddress()
                        || other.getAddress().isAnyLocalAddress()
                        || one.equals(other));
    }

    /// `0100007F:1F90`: words of four bytes, each as a number of this machine, here little-endian.
    private static InetSocketAddress address(String text) {
        int colon = text.indexOf(':');
        byte[] bytes = HexFormat.of().parseHex(text, 0, colon);
        for (int word = 0; word < bytes.length; word += 4) {
            byte[] turned = Arrays.copyOfRange(bytes, word, word + 4);
            for (int i = 0; i < 4; i++) {
                bytes[word + i] = turned[3 - i];
            }
        }
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(bytes), Integer.parseInt(text, colon + 1, text.length(), 16));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
