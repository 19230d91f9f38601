package dev.gatehouse.config;

import java.util.List;

/// What an app agrees on with its clients: `[tls]` with what `[apps.NAME.tls]` puts in its place.
///
/// @param tls12 whether TLS 1.2 is spoken beside TLS 1.3
/// @param groups IANA names in our order; empty for the usual ones
/// @param suites IANA names in our order; empty for the usual ones
/// @param alpn application protocols in our order, at least one
public record TlsPolicy(boolean tls12, List<String> groups, List<String> suites, List<String> alpn) {
    /// What there is without any key.
    public static final TlsPolicy DEFAULTS = new TlsPolicy(true, List.of(), List.of(), List.of("h2", "http/1.1"));

    public TlsPolicy {
        groups = List.copyOf(groups);
        suites = List.copyOf(suites);
        alpn = List.copyOf(alpn);
        if (alpn.isEmpty()) {
            throw new IllegalArgumentException("no application protocol");
        }
    }
}
