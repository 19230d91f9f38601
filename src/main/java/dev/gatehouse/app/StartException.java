package dev.gatehouse.app;

import org.jspecify.annotations.Nullable;

/// The proxy cannot start, for a reason that an administrator can do something about.
public final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;
    private final @Nullable String hint;

    /// @param code stable word: `config.bind`, `cert.load`
    /// @param message what is wrong, one line, lower case
    /// @param hint what would do; null when nothing sensible can be said
    /// @param cause what it came from; null when nothing threw
    public StartException(String code, String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.hint = hint;
    }

    /// Stable word for what is wrong.
    public String code() {
        return code;
    }

    /// What would do; null when nothing sensible can be said.
    public @Nullable String hint() {
        return hint;
    }
}
