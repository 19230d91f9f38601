package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/faults.md` and the tags of the tests are the same list.
class FaultsTest {
    private static final Pattern TAG = Pattern.compile("@Tag\\(\"([A-Z][A-Z0-9]-\\d\\d)\"\\)");
    private static final Pattern ROW =
            Pattern.compile("\\| ([A-Z][A-Z0-9])-(\\d\\d)(?: … [A-Z][A-Z0-9]-(\\d\\d))? \\|.*");
    private static final Pattern UNTESTED = Pattern.compile("\\*\\*(no test|not built)\\*\\*");

    @Test
    void everyTagIsInTheTable() throws IOException {
        var rows = rows(true);
        rows.addAll(rows(false));

        assertThat(rows).containsAll(tags());
    }

    @Test
    void everyRowHasATestOrSaysThatItHasNone() throws IOException {
        assertThat(tags()).isEqualTo(rows(true));
    }

    private static Set<String> tags() throws IOException {
        try (var files = Files.walk(Path.of("tests"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(file -> TAG.matcher(read(file)).results())
                    .map(tag -> tag.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// @param tested those that say nothing else
    private static Set<String> rows(boolean tested) throws IOException {
        return Files.readAllLines(Path.of("docs/faults.md")).stream()
                .filter(line -> UNTESTED.matcher(line).find() != tested)
                .flatMap(FaultsTest::tagsOfRow)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> tagsOfRow(String line) {
        var row = ROW.matcher(line);
        if (!row.matches()) {
            return Stream.of();
        }
        int first = Integer.parseInt(row.group(2));
        int last = row.group(3) == null ? first : Integer.parseInt(row.group(3));
        return IntStream.rangeClosed(first, last).mapToObj(number -> "%s-%02d".formatted(row.group(1), number));
    }
}
