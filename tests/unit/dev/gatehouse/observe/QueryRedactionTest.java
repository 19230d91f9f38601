package dev.gatehouse.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryRedactionTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "/reset?token=abc&email=a@b, /reset?token=<redacted>&email=<redacted>",
        "/p?a=&a=2, /p?a=<redacted>&a=<redacted>",
        "/p?a=1&flag&b=2, /p?a=<redacted>&<redacted>&b=<redacted>",
        "/p?, /p?",
        "/p, /p",
        "/p?&a=1, /p?&a=<redacted>",
        "/p?a=1&&, /p?a=<redacted>&&",
        "/p?=x, /p?=<redacted>",
        "/p?a=b=c?d=e, /p?a=<redacted>",
        "https://h.example/p?a=1#top, https://h.example/p?a=<redacted>",
        "*, *"
    })
    void valuesGoAndShapeStays(String uri, String expected) {
        assertThat(QueryRedaction.apply(uri)).isEqualTo(expected);
    }
}
