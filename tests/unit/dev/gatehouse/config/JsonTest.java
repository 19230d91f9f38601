package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void valuesAreWrittenAsJson() {
        assertThat(Json.of(List.of("a\"b\\c\nd", 1L, true, List.of()))).isEqualTo("""
            ["a\\"b\\\\c\\u000ad", 1, true, []]
            """);
        assertThat(Json.of(Map.of("list", List.of(Map.of("a", 1))))).isEqualTo("""
            {
              "list": [
                {
                  "a": 1
                }
              ]
            }
            """);
        assertThat(Json.of(Map.of())).isEqualTo("{}\n");
    }
}
