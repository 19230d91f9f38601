package dev.gatehouse.tls;

import org.jspecify.annotations.Nullable;

/// Certificates that come from elsewhere than files that the configuration names. Any thread; never waits.
public interface CertificateSource {
    /// Has none.
    CertificateSource NONE = _ -> null;

    /// The newest one of an app.
    ///
    /// @param app the app's name in the configuration
    /// @return null while there is none
    @Nullable
    Credentials find(String app);
}
