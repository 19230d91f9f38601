package dev.gatehouse.app;

import dev.gatehouse.config.Problem;
import java.util.List;

/// What came of a reading of the configuration.
///
/// @param generation the one that serves now
/// @param problems all that is wrong or questionable; at least one error where it was rejected, and none otherwise
record ReloadOutcome(Kind kind, long generation, List<Problem> problems) {
    /// What a reading leads to.
    enum Kind {
        /// What was read serves.
        RELOADED,
        /// What was read means the same as what serves already.
        UNCHANGED,
        /// Everything is as it was.
        REJECTED
    }

    ReloadOutcome {
        problems = List.copyOf(problems);
    }
}
