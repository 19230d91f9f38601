package dev.gatehouse.config;

/// What of `[tls]` belongs to no app.
///
/// @param primitives whose cryptography is used
/// @param handshakesPerSecond of all clients together; 0 is no limit
/// @param handshakesPerSecondPerIp of one address; 0 is no limit
public record TlsConfig(Primitives primitives, int handshakesPerSecond, int handshakesPerSecondPerIp) {
    /// What there is without any key.
    public static final TlsConfig DEFAULTS = new TlsConfig(Primitives.AUTO, 0, 0);

    /// Whose cryptography.
    public enum Primitives {
        /// For each primitive whichever is faster.
        AUTO,
        /// Java only.
        JDK,
        /// Native code wherever there is some.
        NATIVE
    }
}
