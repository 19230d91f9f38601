package dev.gatehouse.app;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How a command finds the running proxy.
final class ControlOption {
    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = {"-s", "--socket"},
            paramLabel = "SOCKET",
            description = "The proxy's control socket. Default: what control_socket in the configuration says.")
    private @Nullable Path socket;

    RunningProxy proxy() {
        return new RunningProxy(socket, config.file());
    }
}
