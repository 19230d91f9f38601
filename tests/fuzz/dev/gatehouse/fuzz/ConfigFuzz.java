package dev.gatehouse.fuzz;

import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.config.ProblemReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Any bytes as the configuration file: a configuration or problems, never an exception.
public final class ConfigFuzz {
    private static final Path FILE = file();

    private ConfigFuzz() {}

    private static Path file() {
        try {
            return Files.createTempFile("gatehouse-fuzz", ".toml");
        } catch (IOException failed) {
            throw new ExceptionInInitializerError(failed);
        }
    }

    /// One input.
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Files.write(FILE, input);
        var result = ConfigReader.read(FILE);
        if (result.config() == null && ProblemReport.render(result).isEmpty()) {
            throw new Finding("neither a configuration nor a problem");
        }
    }
}
