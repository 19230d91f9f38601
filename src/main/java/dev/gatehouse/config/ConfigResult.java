package dev.gatehouse.config;

import dev.gatehouse.config.Problem.Severity;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What reading a file gave.
///
/// @param config null iff a problem is an error
/// @param problems in the order of the file
/// @param source for problems that later checks find
/// @param draft what could be read in spite of errors: right only where [#isSure]; null where nothing could
public record ConfigResult(
        @Nullable GatehouseConfig config,
        List<Problem> problems,
        ConfigSource source,
        @Nullable GatehouseConfig draft) {
    public ConfigResult {
        problems = List.copyOf(problems);
    }

    /// The same with another configuration, which is good.
    public ConfigResult with(GatehouseConfig other) {
        return new ConfigResult(other, problems, source, other);
    }

    /// Whether a key was written, and is right in the draft: no error is its own, or that of a table or list around it.
    /// In a list an error of one element counts for all, since the draft may lack the element.
    ///
    /// @param key as in [ConfigSource#place]
    public boolean isSure(@Nullable String key) {
        return key != null && source.isWritten(key) && problems.stream().noneMatch(problem -> spoils(problem, key));
    }

    private static boolean spoils(Problem problem, String key) {
        if (problem.severity() != Severity.ERROR || problem.key() == null) {
            return false;
        }
        var wrong = problem.key().toLowerCase(Locale.ROOT);
        var plain = wrong.startsWith("experimental.") ? wrong.substring("experimental.".length()) : wrong;
        var asked = key.toLowerCase(Locale.ROOT);
        int list = asked.indexOf('[');
        return plain.startsWith(list < 0 ? asked : asked.substring(0, list)) || asked.startsWith(plain + ".");
    }
}
