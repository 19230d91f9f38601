package dev.gatehouse.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A certificate or key file that cannot be used, and why.
public final class PemException extends Exception {
    private final transient Path file;
    private final transient TlsProblem problem;

    /// @param file the one that is to be changed; the message names it too
    PemException(Path file, String code, String message, @Nullable String hint) {
        super(message);
        this.file = file;
        this.problem = new TlsProblem(code, message, hint);
    }

    /// The file that is to be changed.
    public Path file() {
        return file;
    }

    /// The reason.
    public TlsProblem problem() {
        return problem;
    }
}
