package dev.gatehouse.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void whatIsWrittenIsReadAgain() {
        var value = Map.of(
                "text",
                "a \"b\" \\ \n ü € \ud83d\ude00",
                "number",
                -12L,
                "fraction",
                1.5,
                "flag",
                true,
                "list",
                List.of("x", 1L, List.of(), Map.of()));

        var written = Json.write(value);

        assertThat(written).doesNotContain("\n").matches("\\p{ASCII}*");
        assertThat(Json.read(written)).isEqualTo(value);
    }

    @Test
    void blanksAndEscapesOfOthersAreRead() {
        assertThat(Json.read(" { \"a\" : [ 1 , 2e3 ] ,\t\"b\" : \"\\u0041\\/\\b\\f\\n\\r\\t\" , \"c\":null } "))
                .isEqualTo(Map.of("a", List.of(1L, 2000.0), "b", "A/\b\f\n\r\t"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[]",
                "1",
                "\"a\"",
                "null",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\":1}}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":1.}",
                "{\"a\":tru}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"b}",
                "{\"a\":[1 2]}",
                "{\"a\":99999999999999999999}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":null,\"a\":2}",
                "{\"b\":[{\"a\":1,\"c\":2,\"\\u0061\":2}]}"
            })
    void anythingElseIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.read(text))
                .withMessageContaining("not JSON at character");
    }

    @Test
    void depthIsBounded() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.read("{\"a\":" + "[".repeat(100_000)))
                .withMessageContaining("too deep");
    }

    @Test
    void nothingElseIsThrownWhateverComes() {
        var random = new Random(7);
        var alphabet = "{}[]\",:\\u0019aetrufalsn.-+ \n";
        for (int i = 0; i < 200_000; i++) {
            var text = new StringBuilder("{");
            for (int length = random.nextInt(20); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                Json.read(text.toString());
            } catch (IllegalArgumentException expected) {
                assertThat(expected).hasMessageContaining("not JSON");
            }
        }
    }
}
