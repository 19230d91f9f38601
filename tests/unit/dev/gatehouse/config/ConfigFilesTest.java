package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each `x.toml` in `tests/resources/config` gives the report in `x.expected`, or `ok`.
///
/// `-Dgatehouse.update=true` writes what it gives now; then read the difference.
class ConfigFilesTest {
    private static final Path FILES = Path.of("tests/resources/config");

    @TempDir
    Path directory;

    static Stream<String> names() throws IOException {
        try (var files = Files.list(FILES)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".toml"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void fileGivesTheReportBesideIt(String name) throws IOException {
        var file = Files.copy(FILES.resolve(name), directory.resolve(name));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        var result = ConfigReader.read(file, directory);

        var report = ProblemReport.render(result).replace(directory + "/", "");
        var text = report.isEmpty() ? "ok\n" : report;
        var expected = FILES.resolve(name.replace(".toml", ".expected"));
        if (Boolean.getBoolean("gatehouse.update")) {
            Files.writeString(expected, text);
        }
        assertThat(text).isEqualTo(Files.readString(expected));
        assertThat(result.config() == null)
                .as("no config iff there is an error")
                .isEqualTo(
                        result.problems().stream().anyMatch(problem -> problem.severity() == Problem.Severity.ERROR));
    }
}
