package dev.gatehouse.app;

import org.jspecify.annotations.Nullable;

/// The proxy cannot start, for a reason that an administrator can do something about.
public final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    private final @Nullable String hint;

    /// @param message what is wrong, one line, lower case
    /// @param hint what would do; null when nothing sensible can be said
    public StartException(String message, @Nullable String hint) {
        this(message, hint, null);
    }

    /// The same with what it came from.
    public StartException(String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.hint = hint;
    }

    /// What would do; null when nothing sensible can be said.
    public @Nullable String hint() {
        return hint;
    }
}
