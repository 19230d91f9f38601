package dev.gatehouse.app;

import dev.gatehouse.config.Problem;
import java.util.List;

/// What came of a reading of the configuration.
sealed interface ReloadOutcome {
    /// The generation that serves now.
    long generation();

    /// All that is wrong or questionable about what was read.
    List<Problem> problems();

    /// What was read serves.
    ///
    /// @param problems warnings
    record Reloaded(long generation, List<Problem> problems) implements ReloadOutcome {
        public Reloaded {
            problems = List.copyOf(problems);
        }
    }

    /// What was read means the same as what serves already.
    ///
    /// @param problems warnings
    record Unchanged(long generation, List<Problem> problems) implements ReloadOutcome {
        public Unchanged {
            problems = List.copyOf(problems);
        }
    }

    /// Everything is as it was.
    ///
    /// @param problems at least one error, and the warnings of the same reading
    record Rejected(long generation, List<Problem> problems) implements ReloadOutcome {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
