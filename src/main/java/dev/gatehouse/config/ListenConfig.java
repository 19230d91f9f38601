package dev.gatehouse.config;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where clients connect.
///
/// @param port plaintext port, 1–65535; at least one of the two ports is present
/// @param tlsPort TLS port, 1–65535, differs from `port`
/// @param addresses IPv4 and IPv6 addresses, at least one, no duplicates
/// @param backlog length of the kernel's accept queue
/// @param publicHttpsPort the port clients see for TLS: in redirects and Alt-Svc; present iff `tlsPort` is
/// @param publicHttpPort the port clients see for plaintext; null where that is the port of the listening socket
public record ListenConfig(
        @Nullable Integer port,
        @Nullable Integer tlsPort,
        List<InetAddress> addresses,
        int backlog,
        @Nullable Integer publicHttpsPort,
        @Nullable Integer publicHttpPort) {
    public ListenConfig {
        addresses = List.copyOf(addresses);
    }
}
