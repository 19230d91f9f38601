package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.Problem.Place;
import dev.gatehouse.config.Problem.Severity;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProblemReportTest {
    @Test
    void problemShowsItsLineWithACaret() {
        assertThat(render(
                        source("a = 1", "\tbc = 2"),
                        error(new Place(2, 2), "bc", "unknown key", "did you mean \"b\"?")))
                .isEqualTo("""
                    config.toml:2:2: error[config.test] bc: unknown key
                        \tbc = 2
                        \t^
                        did you mean "b"?

                    1 problem
                    """);
    }

    @Test
    void problemOfTheWholeFileHasNoLine() {
        assertThat(render(source(), error(null, null, "there is no such file", "look elsewhere")))
                .isEqualTo("""
                    config.toml: error[config.test] there is no such file
                        hint: look elsewhere

                    1 problem
                    """);
    }

    @Test
    void longLineIsCutAroundTheColumn() {
        var line = "é".repeat(500) + "HERE" + "x".repeat(500);

        var lines = render(source(line), error(new Place(1, 501), "key", "wrong", null))
                .lines()
                .toList();

        assertThat(lines.get(1)).hasSizeLessThan(120).startsWith("    …").endsWith("…");
        assertThat(lines.get(1).substring(lines.get(2).indexOf('^'))).startsWith("HERE");
    }

    @Test
    void columnCountsCharactersOutsideTheBasicPlaneOnce() {
        var lines = render(source("\"😀\" = 1, x = 2"), error(new Place(1, 10), "x", "wrong", null))
                .lines()
                .toList();

        assertThat(lines.get(1)
                        .codePointAt(
                                lines.get(1).offsetByCodePoints(0, lines.get(2).indexOf('^'))))
                .isEqualTo('x');
    }

    @Test
    void controlCharactersDoNotReachTheTerminal() {
        assertThat(render(source("a = \u001b[2J\u0007"), error(new Place(1, 5), "a", "wrong", null)))
                .doesNotContain("\u001b", "\u0007");
    }

    @Test
    void columnBehindTheEndPointsToTheEnd() {
        assertThat(render(source("ab"), error(new Place(1, 99), null, "wrong", null)))
                .contains("    ab\n      ^\n");
        assertThat(render(source("ab"), error(new Place(99, 1), null, "wrong", null)))
                .contains("config.toml:99:1:");
    }

    @Test
    void manyProblemsAreCounted() {
        var problems = IntStream.rangeClosed(1, 200)
                .mapToObj(i -> error(new Place(i, 1), "key", "wrong", null))
                .toList();

        assertThat(ProblemReport.render(source(), problems))
                .contains("... and 150 more")
                .endsWith("200 problems\n");
    }

    @Test
    void warningsAreCountedApart() {
        var warning = new Problem(Severity.WARNING, "config.test", null, null, "odd", null);

        assertThat(render(source(), warning))
                .contains("config.toml: warning[config.test] odd")
                .endsWith("1 warning\n");
        assertThat(ProblemReport.render(source(), List.of(warning, error(null, null, "wrong", null))))
                .endsWith("2 problems: 1 error, 1 warning\n");
    }

    @Test
    void nothingWrongIsNothingToSay() {
        assertThat(ProblemReport.render(source(), List.of())).isEmpty();
    }

    private static String render(ConfigSource source, Problem problem) {
        return ProblemReport.render(source, List.of(problem));
    }

    private static Problem error(@Nullable Place place, @Nullable String key, String message, @Nullable String hint) {
        return new Problem(Severity.ERROR, "config.test", place, key, message, hint);
    }

    private static ConfigSource source(String... lines) {
        return new ConfigSource(Path.of("config.toml"), List.of(lines), Map.of(), List.of());
    }
}
