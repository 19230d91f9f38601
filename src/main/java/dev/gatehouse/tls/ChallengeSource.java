package dev.gatehouse.tls;

import org.jspecify.annotations.Nullable;

/// Certificates for the handshakes by which a CA sees who serves a name (RFC 8737). Any thread; never waits.
public interface ChallengeSource {
    /// The application protocol of such handshakes; a client that offers it offers nothing else (RFC 8737 §3).
    String ALPN = "acme-tls/1";

    /// The site to show for a challenge that is under way.
    ///
    /// @param serverName lower case; null finds nothing
    /// @return null when nobody waits for such a handshake
    @Nullable
    Site challenge(@Nullable String serverName);
}
