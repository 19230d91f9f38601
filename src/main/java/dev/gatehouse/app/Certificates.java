package dev.gatehouse.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the command line asks of TLS: whether a certificate and its key can be used, and one to play with.
interface Certificates {
    /// Why a pair of PEM files that can be opened cannot be used.
    ///
    /// @param code `tls.key` or `tls.key_mismatch`
    /// @param message one line, lower case
    /// @param hint what would do; null when nothing sensible can be said
    record Refusal(String code, String message, @Nullable String hint) {}

    /// Loads the pair as the proxy will.
    ///
    /// @return null if it can be used
    @Nullable
    Refusal refusal(Path certificate, Path key);

    /// Makes a certificate for these names and `localhost` that nobody vouches for, and writes both as PEM.
    ///
    /// @throws IOException also when one of the files exists
    void writeSelfSigned(List<String> names, Path certificate, Path key) throws IOException;
}
