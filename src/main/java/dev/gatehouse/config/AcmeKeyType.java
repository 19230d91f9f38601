package dev.gatehouse.config;

import java.util.Locale;

/// The kind of key that automatic certificates get.
public enum AcmeKeyType {
    P256,
    P384,
    RSA2048,
    RSA4096;

    /// As the file spells it.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
