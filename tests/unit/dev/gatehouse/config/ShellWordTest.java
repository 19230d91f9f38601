package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellWordTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "/etc/a.key, /etc/a.key",
                "/etc/my keys/a.key, '/etc/my keys/a.key'",
                "it's, 'it'\\''s'",
                "$HOME/`x`;*, '$HOME/`x`;*'",
                "schlüssel, 'schlüssel'"
            })
    void shellTakesItForOneWord(String text, String word) {
        assertThat(ShellWord.of(text)).isEqualTo(word);
    }
}
