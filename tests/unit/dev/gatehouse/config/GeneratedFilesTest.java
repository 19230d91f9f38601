package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// What is checked in is what the model gives; `-Dgatehouse.update=true` writes it anew.
class GeneratedFilesTest {
    @Test
    void manualIsWhatTheModelGives() throws IOException {
        check(Path.of("docs/configuration.md"), ConfigManual.markdown());
    }

    @Test
    void schemaIsWhatTheModelGives() throws IOException {
        check(Path.of("docs/config.schema.json"), ConfigSchema.json());
    }

    private static void check(Path file, String text) throws IOException {
        if (Boolean.getBoolean("gatehouse.update")) {
            Files.writeString(file, text);
        }
        assertThat(file).content().isEqualTo(text);
    }
}
