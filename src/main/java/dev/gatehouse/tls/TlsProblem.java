package dev.gatehouse.tls;

import org.jspecify.annotations.Nullable;

/// Something that is wrong, or questionable, with a certificate or key file.
///
/// @param code stable word for scripts and the manual: `cert.expired`
/// @param message what is wrong, with file and block number, one line, lower case
/// @param hint what would do; null when nothing sensible can be said
public record TlsProblem(
        String code, String message, @Nullable String hint) {}
