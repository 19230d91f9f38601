package dev.gatehouse.acme;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Why there is no certificate.
final class OrderFailure extends Exception {
    private static final long serialVersionUID = 1;

    /// What kind of failure it is, and what follows.
    enum Kind {
        /// The CA does not answer as a CA.
        UNAVAILABLE("acme.unavailable", true),
        /// The CA wants us to wait.
        RATE_LIMITED("acme.ratelimited", true),
        /// The CA looked, and was not convinced.
        INVALID("acme.invalid", false),
        /// The CA does not want us, or not so.
        REFUSED("acme.refused", false),
        /// There is no account, or it is of no use.
        ACCOUNT("acme.account", false),
        /// We cannot do what the challenge asks.
        CHALLENGE("acme.challenge", true),
        /// What the CA made is no good.
        BAD_CERTIFICATE("acme.badcert", false),
        /// Our disk.
        STORE("acme.store", true);

        private final String token;
        private final boolean orderGoesOn;

        Kind(String token, boolean orderGoesOn) {
            this.token = token;
            this.orderGoesOn = orderGoesOn;
        }

        String token() {
            return token;
        }

        /// Whether the same order can still end well.
        boolean orderGoesOn() {
            return orderGoesOn;
        }
    }

    /// Repeating an order that the CA found invalid soon costs more than it can win: CAs count these.
    static final Duration AFTER_INVALID = Duration.ofHours(1);

    private final Kind kind;
    private final @Nullable String hint;
    private final @Nullable Duration wait;

    /// @param hint what would do; null when nothing sensible can be said
    /// @param wait exactly so long, as the CA asked; null where we choose
    OrderFailure(Kind kind, String message, @Nullable String hint, @Nullable Duration wait, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.hint = hint;
        this.wait = wait;
    }

    OrderFailure(Kind kind, String message, @Nullable String hint) {
        this(kind, message, hint, null, null);
    }

    Kind kind() {
        return kind;
    }

    @Nullable
    String hint() {
        return hint;
    }

    /// How long to wait.
    ///
    /// @param failures in a row, this one included
    /// @param chance from 0 to 1
    Duration pause(int failures, double chance) {
        if (wait != null) {
            return wait;
        }
        var usual = BackOff.after(failures, chance);
        return kind.orderGoesOn || usual.compareTo(AFTER_INVALID) > 0 ? usual : AFTER_INVALID;
    }
}
