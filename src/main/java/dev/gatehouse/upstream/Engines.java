package dev.gatehouse.upstream;

import java.util.List;
import javax.net.ssl.SSLEngine;

/// Makes TLS engines for connections with an upstream. Any thread; does not block.
///
/// Connections are shared by what has equal engines: `equals` means that both trust the same.
public interface Engines {
    /// A client's engine, peer name and verification set.
    ///
    /// @param host name or address, IPv6 without brackets
    /// @param alpn the protocols to offer (RFC 7301); none offers HTTP/1.1 without saying so
    SSLEngine newEngine(String host, int port, List<String> alpn);
}
