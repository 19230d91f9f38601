package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingSuggestionTest {
    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource({
        "abc, abc, 0",
        "abc, ABC, 0",
        "abc, acb, 1",
        "abc, abcd, 1",
        "abc, bc, 1",
        "kitten, sitting, 3",
        "'', abc, 3"
    })
    void distanceCountsEditsAndSwaps(String left, String right, int distance) {
        assertThat(SpellingSuggestion.distance(left, right, 10)).isEqualTo(distance);
    }

    @Test
    void nearestIsTheOneWithFewestEdits() {
        assertThat(SpellingSuggestion.nearest("tls_cert_pth", List.of("tls_cert_key_path", "tls_cert_path", "tls")))
                .isEqualTo("tls_cert_path");
    }

    @Test
    void nothingIsSuggestedForAWordUnlikeAnyOther() {
        assertThat(SpellingSuggestion.nearest("banana", List.of("apps", "acme", "cache")))
                .isNull();
    }
}
