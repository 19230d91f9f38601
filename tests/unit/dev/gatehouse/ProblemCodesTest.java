package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Every code of a problem, and every reason in the log, stands in a table of the manual, and no table names others.
class ProblemCodesTest {
    private static final String AREAS =
            "(?:config|cert|file|tls|mtls|listen|log|acme|watch|clock|conn|fd|memory|control)";
    private static final Pattern LITERAL = Pattern.compile("\"(" + AREAS + "\\.[a-z_]+)\"");
    private static final Pattern REASON = Pattern.compile("reason=(" + AREAS + "\\.[a-z_]+)");
    private static final Pattern IN_TABLE = Pattern.compile("`(" + AREAS + "\\.[a-z_]+)`");

    /// Of the same form: keys and names of files.
    private static final Set<String> OTHERS = Set.of(
            "acme.dns_hook",
            "acme.eab_hmac_key",
            "acme.registry_path",
            "config.toml",
            "control.sock",
            "log.access_file");

    @Test
    void everyCodeIsInATable() throws IOException {
        assertThat(documented()).containsAll(used());
    }

    @Test
    void tablesOfTheManualNameNoOthers() throws IOException {
        assertThat(used()).containsAll(documented());
    }

    private static Set<String> used() throws IOException {
        try (var files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(ProblemCodesTest::read)
                    .flatMap(text -> List.of(LITERAL, REASON).stream()
                            .flatMap(pattern -> pattern.matcher(text).results())
                            .map(found -> found.group(1)))
                    .filter(code -> !OTHERS.contains(code))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /// In the first two cells of a row.
    private static Set<String> documented() {
        return List.of("docs/operating.md", "docs/configuration.md").stream()
                .flatMap(file -> read(Path.of(file)).lines())
                .filter(line -> line.startsWith("| `"))
                .flatMap(line -> IN_TABLE.matcher(
                                String.join("", List.of(line.split("\\|", 4)).subList(1, 3)))
                        .results())
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
