package dev.gatehouse.listen.tcp;

import java.net.InetSocketAddress;

/// Where clients may connect.
///
/// @param address with port 0 for any free one
/// @param backlog length of the kernel's accept queue
/// @param tls whether clients speak TLS there
public record Listening(InetSocketAddress address, int backlog, boolean tls) {}
