package dev.gatehouse.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One entry of `upstream`. Equal values may share connections: everything that changes trust is a component.
///
/// @param host name or address, lower case, IPv6 without brackets
/// @param port 1–65535; 80 or 443 where `location` has none
/// @param portGiven whether `location` had a port
/// @param tls whether TLS is spoken with it
/// @param caPath PEM bundle that replaces the system's CAs
/// @param insecureSkipVerify accepts any certificate
public record UpstreamConfig(
        String host,
        int port,
        boolean portGiven,
        boolean tls,
        @Nullable Path caPath,
        boolean insecureSkipVerify) {
    /// `host`, with the port where `location` had one, IPv6 in brackets: what a Host field holds.
    public String authority() {
        var name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return portGiven ? name + ":" + port : name;
    }

    /// `host:port` always, as logs write it.
    public String address() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
