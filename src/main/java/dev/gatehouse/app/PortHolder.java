package dev.gatehouse.app;

import dev.gatehouse.handover.ListeningTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds the other process that listens on a TCP port, from what the kernel tells in `/proc`.
final class PortHolder {
    private static final Path PROC = Path.of("/proc");

    private PortHolder() {}

    /// One line: who it is, or, where we may not see that, how to find out.
    static String hint(int port) {
        var sockets = ListeningTable.read().stream()
                .filter(entry -> entry.address().getPort() == port)
                .map(ListeningTable.Entry::link)
                .collect(Collectors.toSet());
        try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            sockets.removeAll(ListeningTable.links(PROC.resolve("self")));
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

    private static boolean holds(Path process, Set<String> sockets) {
        try {
            return !Collections.disjoint(ListeningTable.links(process), sockets);
        } catch (IOException notOurs) {
            // Somebody else's process, or it ended just now.
            return false;
        }
    }
}
