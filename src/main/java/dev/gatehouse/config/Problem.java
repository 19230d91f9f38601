package dev.gatehouse.config;

import org.jspecify.annotations.Nullable;

/// One thing that is wrong, or questionable, with a configuration.
///
/// @param severity errors refuse the file, warnings do not
/// @param code stable word for scripts and the manual: `config.unknown_key`
/// @param place where; null when the file as a whole is meant
/// @param key dotted path of the key: `apps.shop.tls.tls_cert_path`; null when none is meant
/// @param message what is wrong, one line, lower case
/// @param hint what would do; null when nothing sensible can be said
public record Problem(
        Severity severity,
        String code,
        @Nullable Place place,
        @Nullable String key,
        String message,
        @Nullable String hint) {
    /// Whether the file can be used all the same.
    public enum Severity {
        ERROR,
        WARNING
    }

    /// A position in the file.
    ///
    /// @param line from 1
    /// @param column from 1, in characters
    public record Place(int line, int column) {}
}
