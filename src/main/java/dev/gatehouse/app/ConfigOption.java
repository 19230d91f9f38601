package dev.gatehouse.app;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Which configuration a command is about.
final class ConfigOption {
    static final String USUAL = "/etc/gatehouse/config.toml";

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = USUAL,
            description = "The configuration. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init") // picocli
    private Path file;

    Path file() {
        return file;
    }
}
