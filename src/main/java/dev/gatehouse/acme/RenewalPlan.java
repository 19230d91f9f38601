package dev.gatehouse.acme;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When a certificate is renewed: when the CA says (RFC 9773), or else at two thirds of its lifetime.
///
/// Each certificate has a share of its own between 0 and 1, so that those made on one day are not all
/// renewed in one minute, and that a restart does not choose anew.
final class RenewalPlan {
    /// A certificate that just came is not replaced at once, whatever the CA says.
    static final Duration LEAST_AGE = Duration.ofHours(1);

    /// Part of the lifetime over which renewals without the CA's advice are spread.
    private static final double SPREAD = 0.06;

    private RenewalPlan() {}

    /// When the CA wants the certificate renewed.
    ///
    /// @param end behind `start`
    record Window(Instant start, Instant end) {
        Window {
            if (!start.isBefore(end)) {
                throw new IllegalArgumentException("the window ends before it begins");
            }
        }
    }

    /// When to renew.
    ///
    /// @param from begin of the validity
    /// @param until its end
    /// @param obtained when the certificate came
    /// @param window null where the CA gives no advice
    /// @param share from 0 to 1
    static Instant at(Instant from, Instant until, Instant obtained, @Nullable Window window, double share) {
        var lifetime = Duration.between(from, until);
        if (window == null) {
            return from.plus(part(lifetime, 2.0 / 3 + (share - 0.5) * SPREAD));
        }
        var advised = window.start().plus(part(Duration.between(window.start(), window.end()), share));
        var latest = until.minus(part(lifetime, 0.1)); // leaves time for failures
        var earliest = obtained.plus(LEAST_AGE);
        var chosen = advised.isAfter(latest) ? latest : advised;
        return chosen.isBefore(earliest) ? earliest : chosen;
    }

    private static Duration part(Duration whole, double share) {
        return Duration.ofMillis((long) (whole.toMillis() * share));
    }
}
