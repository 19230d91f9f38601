package dev.gatehouse.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether this process may listen on low ports (Linux, capabilities(7)).
final class PrivilegedPorts {
    private static final int CAP_NET_BIND_SERVICE = 10;
    private static final Path FIRST_FREE = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    private static final Path STATUS = Path.of("/proc/self/status");

    private PrivilegedPorts() {}

    /// True also where the system does not tell: then the start will.
    static boolean allowed(int port) {
        try {
            return port >= Integer.parseInt(Files.readString(FIRST_FREE).strip())
                    || mayBindAll(Files.readString(STATUS));
        } catch (IOException | NumberFormatException _) {
            return true;
        }
    }

    /// @param status the text of `/proc/PID/status`; its `CapEff` line is a hexadecimal mask
    static boolean mayBindAll(String status) {
        return status.lines()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .allMatch(mask -> ((mask >> CAP_NET_BIND_SERVICE) & 1) == 1);
    }
}
