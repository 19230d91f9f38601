package dev.gatehouse.config;

import dev.gatehouse.config.Problem.Severity;
import java.util.List;

/// What a file asks for and this version cannot do yet. A start with it is refused: silence would be worse.
public final class Unbuilt {
    private Unbuilt() {}

    /// One error for each use, at its place; also where the file has errors of its own.
    public static List<Problem> problems(ConfigResult result) {
        var source = result.source();
        return source.unbuilt().stream()
                .map(use -> new Problem(
                        Severity.ERROR,
                        Code.NOT_BUILT.text(),
                        source.place(use.key()),
                        use.key(),
                        use.feature() + " is not built into this version yet",
                        "remove it to start"))
                .toList();
    }
}
