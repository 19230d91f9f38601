package dev.gatehouse.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What reading a file gave.
///
/// @param config null iff a problem is an error
/// @param problems in the order of the file
/// @param source for problems that later checks find
public record ConfigResult(@Nullable GatehouseConfig config, List<Problem> problems, ConfigSource source) {
    public ConfigResult {
        problems = List.copyOf(problems);
    }
}
