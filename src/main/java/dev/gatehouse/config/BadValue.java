package dev.gatehouse.config;

import org.jspecify.annotations.Nullable;

/// A value that its parser refuses; whoever knows the place turns it into a [Problem].
final class BadValue extends Exception {
    private final Code code;
    private final String reason;
    private final @Nullable String hint;

    BadValue(Code code, String reason, @Nullable String hint) {
        super(reason, null, false, false);
        this.code = code;
        this.reason = reason;
        this.hint = hint;
    }

    BadValue(String reason, @Nullable String hint) {
        this(Code.BAD_VALUE, reason, hint);
    }

    Code code() {
        return code;
    }

    String reason() {
        return reason;
    }

    @Nullable
    String hint() {
        return hint;
    }
}
