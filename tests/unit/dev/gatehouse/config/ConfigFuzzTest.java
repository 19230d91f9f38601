package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Valid files with something done to them: always an answer, never an exception.
///
/// `-Dgatehouse.rounds` and `-Dgatehouse.seed` make it longer and other.
class ConfigFuzzTest {
    private static final int ROUNDS = Integer.getInteger("gatehouse.rounds", 300);

    private static final List<String> PIECES = List.of(
            "\"",
            "'",
            "\"\"\"",
            "[",
            "]",
            "[[",
            "]]",
            "{",
            "}",
            "=",
            ".",
            ",",
            "#",
            "\n",
            "\r",
            "\0",
            "\ufeff",
            "\\u",
            "é",
            "😀",
            "0",
            "-1",
            "1e9",
            "1979-05-27",
            "07:32:00",
            "nan",
            "true",
            "\"\"",
            "[]",
            "{}",
            "apps.",
            "\u001b");

    @TempDir
    Path directory;

    @Test
    void mutatedFileNeverThrows() throws IOException {
        long seed = Long.getLong("gatehouse.seed", 20261124);
        var random = new Random(seed);
        var file = directory.resolve("config.toml");
        var originals = List.of(
                lines(Path.of("tests/resources/config/rpxy-complete.toml")),
                lines(Path.of("tests/resources/config/routes.toml")),
                lines(Path.of("config-example.toml")));
        for (int round = 0; round < ROUNDS; round++) {
            var bytes = mutated(originals.get(random.nextInt(originals.size())), random);
            Files.write(file, bytes);

            var result = ConfigReader.read(file, directory);

            var what = "seed " + seed + ", round " + round + ":\n" + new String(bytes, StandardCharsets.UTF_8);
            assertThat(result.config() == null)
                    .as(what)
                    .isEqualTo(result.problems().stream()
                            .anyMatch(problem -> problem.severity() == Problem.Severity.ERROR));
            assertThat(ProblemReport.render(result).isEmpty())
                    .as(what)
                    .isEqualTo(result.problems().isEmpty());
            assertThat(Unbuilt.problems(result)).as(what).doesNotContainNull();
        }
    }

    @Test
    void deepNestingIsAnError() throws IOException {
        var file = directory.resolve("config.toml");
        for (var text : List.of(
                "a = " + "[".repeat(100_000),
                "a = " + "{a=".repeat(50_000),
                "a = " + "[".repeat(50_000) + "]".repeat(50_000),
                "a" + ".a".repeat(100_000) + " = 1",
                "[" + "a.".repeat(100_000) + "a]")) {
            Files.writeString(file, text);

            assertThat(ConfigReader.read(file, directory).config()).isNull();
        }
    }

    private static byte[] mutated(List<String> original, Random random) {
        var lines = new ArrayList<>(original);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(lines.size());
            var line = lines.get(at);
            switch (random.nextInt(7)) {
                case 0 -> lines.remove(at);
                case 1 -> lines.add(random.nextInt(lines.size()), line);
                case 2 -> lines.set(at, line.substring(0, random.nextInt(line.length() + 1)));
                case 3 -> {
                    int cut = random.nextInt(line.length() + 1);
                    var piece = PIECES.get(random.nextInt(PIECES.size()));
                    lines.set(at, line.substring(0, cut) + piece + line.substring(cut));
                }
                case 4 -> {
                    int equals = line.indexOf('=');
                    var piece = PIECES.get(random.nextInt(PIECES.size()));
                    lines.set(at, equals < 0 ? piece : line.substring(0, equals + 1) + piece);
                }
                case 5 -> lines.set(at, line.startsWith("#") ? line.substring(1) : line);
                default -> lines.set(at, lines.get(random.nextInt(lines.size())));
            }
            if (lines.isEmpty()) {
                lines.add("");
            }
        }
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        if (random.nextInt(10) == 0) {
            bytes.write(random.nextInt(256));
        }
        return bytes.toByteArray();
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.readAllLines(file);
    }
}
