package dev.gatehouse.http;

import org.jspecify.annotations.Nullable;

/// What the handshake of a client's connection agreed on.
///
/// @param version as logs write it: `TLSv1.3`
/// @param cipher IANA name of the cipher suite
/// @param group IANA name of the key exchange group, `-` where it is not known
/// @param client null where the site asks for no certificate
public record TlsInfo(
        String version,
        String cipher,
        String group,
        @Nullable ClientIdentity client) {}
