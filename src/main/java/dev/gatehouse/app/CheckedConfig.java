package dev.gatehouse.app;

import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.config.ConfigSource;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.LogConfig;
import dev.gatehouse.config.Problem;
import dev.gatehouse.config.Problem.Severity;
import dev.gatehouse.config.Unbuilt;
import dev.gatehouse.tls.CredentialFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A configuration with everything that can be known about it before a start.
///
/// @param config null where the file itself has errors
/// @param problems of the file and of what it names
/// @param files has the certificates that were read
record CheckedConfig(
        @Nullable GatehouseConfig config, List<Problem> problems, ConfigSource source, CredentialFiles files) {
    CheckedConfig {
        problems = List.copyOf(problems);
    }

    /// Reads the file, then looks at what it names.
    ///
    /// @param logDirectory takes the place of the files in `[log]`
    static CheckedConfig read(Path file, @Nullable Path logDirectory) {
        return again(file, logDirectory, new CredentialFiles(), Set.of());
    }

    /// The same for a proxy that runs: certificates that it has are served on where their files cannot be used at the
    /// moment, so that is no more than a warning.
    ///
    /// @param files has its certificates
    /// @param served pairs of files whose certificates it has
    static CheckedConfig again(Path file, @Nullable Path logDirectory, CredentialFiles files, Set<Sites.Pair> served) {
        var result = ConfigReader.read(file);
        var config = result.config();
        if (config != null && logDirectory != null) {
            config = withLogsIn(logDirectory.toAbsolutePath().normalize(), config);
            result = result.with(config);
        }
        var problems = new ArrayList<>(result.problems());
        problems.addAll(Unbuilt.problems(result));
        problems.addAll(environment(System.getenv()));
        problems.addAll(Preflight.check(result, files, served));
        return new CheckedConfig(config, problems, result.source(), files);
    }

    /// What is set for rpxy and has no effect here.
    static List<Problem> environment(Map<String, String> variables) {
        return variables.containsKey("RUST_LOG")
                ? List.of(new Problem(
                        Severity.WARNING,
                        "config.unused",
                        null,
                        null,
                        "RUST_LOG is set in the environment and has no effect",
                        "level in [log] says what is logged"))
                : List.of();
    }

    private static GatehouseConfig withLogsIn(Path directory, GatehouseConfig config) {
        var log = config.log();
        return new GatehouseConfig(
                config.file(),
                config.listen(),
                config.limits(),
                config.timeouts(),
                config.tls(),
                new LogConfig(
                        log.level(),
                        directory.resolve("gatehouse.log"),
                        log.access(),
                        directory.resolve("access.log"),
                        log.accessFormat(),
                        log.redactQuery()),
                config.control(),
                config.trustedForwardedProxies(),
                config.keptForwardingHeaders(),
                config.ignoreSniConsistency(),
                config.defaultApp(),
                config.apps(),
                config.stickyCookieSecret(),
                config.http3(),
                config.cache(),
                config.acme(),
                config.proxyProtocol());
    }

    /// Whether a start with it would be refused.
    boolean hasErrors() {
        return config == null || problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
    }
}
