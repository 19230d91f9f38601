package dev.gatehouse.app;

import dev.gatehouse.config.Problem;
import java.util.List;

/// What came of a reading of the configuration.
sealed interface ReloadOutcome {
    /// The generation that serves now.
    long generation();

    /// What was read serves.
    record Reloaded(long generation) implements ReloadOutcome {}

    /// What was read means the same as what serves already.
    record Unchanged(long generation) implements ReloadOutcome {}

    /// Everything is as it was.
    ///
    /// @param problems at least one error, and the warnings of the same reading
    record Rejected(long generation, List<Problem> problems) implements ReloadOutcome {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
