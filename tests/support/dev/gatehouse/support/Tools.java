package dev.gatehouse.support;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Programs that some tests need and not every machine has.
public final class Tools {
    private Tools() {}

    /// Where a program is. Without it the test is reported as skipped, with its name; in CI, which sets
    /// `GATEHOUSE_CI`, it fails.
    public static Path find(String name) {
        var found = Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                        Stream.of(System.getProperty("user.home") + "/go/bin"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty() && System.getenv("GATEHOUSE_CI") != null) {
            throw new AssertionError(name + " is not installed; see .ci/install");
        }
        return found.orElseGet(() -> abort("needs " + name + "; .ci/install installs it"));
    }
}
