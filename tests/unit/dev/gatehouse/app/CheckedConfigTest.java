package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.Problem;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckedConfigTest {
    @Test
    void variableOfRpxyThatHasNoEffectIsWarnedOf() {
        assertThat(CheckedConfig.environment(Map.of("PATH", "/usr/bin"))).isEmpty();
        assertThat(CheckedConfig.environment(Map.of("RUST_LOG", "debug")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.severity()).isEqualTo(Problem.Severity.WARNING);
                    assertThat(problem.code()).isEqualTo("config.unused");
                    assertThat(problem.message()).contains("RUST_LOG");
                });
    }
}
