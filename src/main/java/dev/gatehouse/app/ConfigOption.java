package dev.gatehouse.app;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// What `run` and `check` share.
final class ConfigOption {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "/etc/gatehouse/config.toml",
            description = "The configuration. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init") // picocli
    private Path file;

    Path file() {
        return file;
    }
}
