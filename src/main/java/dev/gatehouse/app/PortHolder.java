package dev.gatehouse.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// Finds the process that listens on a TCP port, from what the kernel tells in `/proc`.
final class PortHolder {
    private static final Path PROC = Path.of("/proc");
    private static final String LISTENING = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private PortHolder() {}

    /// One line: who it is, or, where we may not see that, how to find out.
    static String hint(int port) {
        var sockets = sockets(port);
        try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, sockets)) {
                    var name = Files.readString(process.resolve("comm")).strip();
                    return "port " + port + " is used by pid " + process.getFileName() + " (" + name + ")";
                }
            }
        } catch (IOException gone) {
            // Not Linux, or the process ended just now.
        }
        return "who holds the port: ss -ltnp 'sport = :" + port + "'";
    }

    /// `socket:[INODE]` of each listening socket of the port.
    private static Set<String> sockets(int port) {
        var found = new HashSet<String>();
        var suffix = ":%04X".formatted(port);
        for (var table : new String[] {"net/tcp", "net/tcp6"}) {
            try (var lines = Files.lines(PROC.resolve(table))) {
                lines.map(line -> line.strip().split("\\s+"))
                        .filter(fields -> fields.length > INODE
                                && fields[STATE].equals(LISTENING)
                                && fields[LOCAL].endsWith(suffix))
                        .forEach(fields -> found.add("socket:[" + fields[INODE] + "]"));
            } catch (IOException absent) {
                // Not Linux, or no IPv6.
            }
        }
        return found;
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
        } catch (IOException notOurs) {
            // Somebody else's process, or it ended just now.
        }
        return false;
    }
}
