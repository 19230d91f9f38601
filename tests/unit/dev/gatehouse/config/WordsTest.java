package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void quotedTextCannotMoveTheCursor() {
        assertThat(Words.quote("a\u001b[2Jb\nc\u202ed")).isEqualTo("\"a\\u001b[2Jb\\u000ac\\u202ed\"");
    }

    @Test
    void longTextIsCut() {
        assertThat(Words.quote("x".repeat(1000))).hasSizeLessThan(100);
    }
}
