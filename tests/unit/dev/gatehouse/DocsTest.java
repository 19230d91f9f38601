package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.config.ProblemReport;
import dev.gatehouse.config.Unbuilt;
import dev.gatehouse.http.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the documents show works, and what they list is complete.
class DocsTest {
    /// Around blocks that show only a part of a file.
    private static final String REST = """

        [apps.example]
        server_name = "example.com"

        [[apps.example.reverse_proxy]]
        upstream = [{ location = "127.0.0.1:3000" }]
        """;

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyConfigurationShownIsAccepted() throws IOException {
        var tests = new ArrayList<DynamicTest>();
        for (var document : documents()) {
            var blocks = tomlBlocks(document);
            for (int i = 0; i < blocks.size(); i++) {
                var block = blocks.get(i);
                tests.add(DynamicTest.dynamicTest(document + " block " + (i + 1), () -> isAccepted(block)));
            }
        }
        return tests.stream();
    }

    @Test
    void theReadmeShowsAConfiguration() throws IOException {
        assertThat(tomlBlocks(Path.of("README.md"))).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void everyFailureIsExplained(Failure failure) throws IOException {
        assertThat(Files.readAllLines(Path.of("docs/operating.md")))
                .anyMatch(line -> line.startsWith("| `" + failure.token() + "` |")
                        && line.contains(String.valueOf(failure.status())));
    }

    @ParameterizedTest
    @EnumSource
    void everySideIsNamed(Failure.Side side) throws IOException {
        assertThat(Files.readString(Path.of("docs/operating.md")))
                .contains("`" + side.name().toLowerCase(Locale.ROOT) + "`");
    }

    private void isAccepted(String block) throws IOException {
        var whole = block.contains("[apps.") ? block : "listen_port = 80\n" + block + REST;
        var file = Files.writeString(directory.resolve("config.toml"), whole);

        var result = ConfigReader.read(file);

        assertThat(ProblemReport.render(result)).isEmpty();
        assertThat(Unbuilt.problems(result)).isEmpty();
    }

    private static List<Path> documents() throws IOException {
        try (var docs = Files.list(Path.of("docs"))) {
            return Stream.concat(
                            Stream.of(Path.of("README.md")),
                            docs.filter(path -> path.toString().endsWith(".md")))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> tomlBlocks(Path document) throws IOException {
        var blocks = new ArrayList<String>();
        StringBuilder block = null;
        for (var line : Files.readAllLines(document)) {
            if (block == null && line.equals("```toml")) {
                block = new StringBuilder();
            } else if (block != null && line.equals("```")) {
                blocks.add(block.toString());
                block = null;
            } else if (block != null) {
                block.append(line).append('\n');
            }
        }
        return blocks;
    }
}
