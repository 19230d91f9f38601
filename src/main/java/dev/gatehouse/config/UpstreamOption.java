package dev.gatehouse.config;

import java.util.Locale;

/// The strings of `upstream_options`.
public enum UpstreamOption {
    /// The default made explicit: the upstream sees the client's Host.
    KEEP_ORIGINAL_HOST,
    /// Host becomes the upstream's own, with its port where `location` has one.
    SET_UPSTREAM_HOST,
    /// Adds `Upgrade-Insecure-Requests: 1` where it is absent.
    UPGRADE_INSECURE_REQUESTS,
    /// Only HTTP/1.1 is spoken with the upstream.
    FORCE_HTTP11_UPSTREAM,
    /// Only HTTP/2 is spoken with the upstream, by prior knowledge on plaintext.
    FORCE_HTTP2_UPSTREAM,
    /// Writes `Forwarded` (RFC 7239) even where the request had none.
    FORWARDED_HEADER;

    /// As the file spells it.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
