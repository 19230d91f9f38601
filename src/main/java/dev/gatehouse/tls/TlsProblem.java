package dev.gatehouse.tls;

import org.jspecify.annotations.Nullable;

/// Something that is wrong, or questionable, with a certificate or key file.
///
/// @param error whether the file cannot be used; otherwise it works, but somebody should know
/// @param code stable word for scripts and the manual: `cert.expired`
/// @param message what is wrong, with file and block number, one line, lower case
/// @param hint what would do; null when nothing sensible can be said
public record TlsProblem(
        boolean error,
        String code,
        String message,
        @Nullable String hint) {
    static TlsProblem warning(String code, String message, @Nullable String hint) {
        return new TlsProblem(false, code, message, hint);
    }
}
