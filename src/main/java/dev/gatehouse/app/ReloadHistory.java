package dev.gatehouse.app;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How readings of the configuration ended since the start.
///
/// @param reloaded how many were put to use
/// @param rejected how many were not, because something is wrong with them
/// @param last null before the first
/// @param lastAt when the last one ended; null before the first
record ReloadHistory(
        long reloaded,
        long rejected,
        @Nullable ReloadOutcome last,
        @Nullable Instant lastAt) {
    static final ReloadHistory NONE = new ReloadHistory(0, 0, null, null);

    ReloadHistory with(ReloadOutcome outcome, Instant now) {
        return switch (outcome.kind()) {
            case RELOADED -> new ReloadHistory(reloaded + 1, rejected, outcome, now);
            case UNCHANGED -> new ReloadHistory(reloaded, rejected, outcome, now);
            case REJECTED -> new ReloadHistory(reloaded, rejected + 1, outcome, now);
        };
    }
}
