package dev.gatehouse.config;

import java.util.Locale;

/// How a CA sees that a name is ours (RFC 8555 §8, RFC 8737).
public enum AcmeChallenge {
    /// A TLS handshake on port 443.
    TLS_ALPN_01,
    /// A plaintext request on port 80.
    HTTP_01,
    /// A TXT record, which a command puts there; the only one that does for wildcards.
    DNS_01;

    /// As the file and the CA spell it.
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static AcmeChallenge of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
