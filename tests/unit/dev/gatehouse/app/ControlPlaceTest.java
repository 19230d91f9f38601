package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.ControlConfig;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ControlPlaceTest {
    @Test
    void serviceHasItInItsRuntimeDirectory() {
        assertThat(ControlPlace.usual(
                        Map.of("RUNTIME_DIRECTORY", "/run/gatehouse-b:/run/other", "XDG_RUNTIME_DIR", "/run/user/7"),
                        "gatehouse"))
                .first()
                .isEqualTo(Path.of("/run/gatehouse-b/control.sock"));
    }

    @Test
    void userHasItInTheSessionAndElseBelowTmp() {
        assertThat(ControlPlace.usual(Map.of("XDG_RUNTIME_DIR", "/run/user/7"), "ann"))
                .containsExactly(
                        Path.of("/run/user/7/gatehouse/control.sock"),
                        Path.of("/tmp/gatehouse-ann/control.sock"),
                        Path.of("/run/gatehouse/control.sock"));
        assertThat(ControlPlace.usual(Map.of(), "ann")).first().isEqualTo(Path.of("/tmp/gatehouse-ann/control.sock"));
    }

    @Test
    void rootHasItForTheSystem() {
        assertThat(ControlPlace.usual(Map.of(), "root")).containsExactly(Path.of("/run/gatehouse/control.sock"));
    }

    @Test
    void configurationHasTheLastWord() {
        assertThat(ControlPlace.of(new ControlConfig(true, Path.of("/x/y")))).isEqualTo(Path.of("/x/y"));
        assertThat(ControlPlace.of(new ControlConfig(false, null))).isNull();
    }
}
