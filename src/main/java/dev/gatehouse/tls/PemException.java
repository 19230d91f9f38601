package dev.gatehouse.tls;

import org.jspecify.annotations.Nullable;

/// A certificate or key file that cannot be used, and why.
public final class PemException extends Exception {
    private final transient TlsProblem problem;

    PemException(String code, String message, @Nullable String hint) {
        super(message);
        this.problem = new TlsProblem(true, code, message, hint);
    }

    /// The reason, as an error.
    public TlsProblem problem() {
        return problem;
    }
}
