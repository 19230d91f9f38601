package dev.gatehouse.config;

/// The `hsts` of an app (RFC 6797).
///
/// @param maxAgeSeconds how long browsers use https only; 0 makes them forget
public record HstsConfig(long maxAgeSeconds, boolean includeSubdomains, boolean preload) {
    /// The field's value.
    public String value() {
        return "max-age=" + maxAgeSeconds + (includeSubdomains ? "; includeSubDomains" : "")
                + (preload ? "; preload" : "");
    }
}
