package dev.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadCheckTest {
    @ParameterizedTest
    @ValueSource(ints = {100, 103, 200, 204, 304, 418, 500, 599})
    void statusOfThreeDigitsPasses(int status) {
        assertThat(ResponseHeadCheck.problem(status, HttpFields.EMPTY)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -200, 0, 20, 99, 600, 999, 1000, 21300, 21800, 99999, Integer.MAX_VALUE})
    void statusThatIsNoneIsNamed(int status) {
        assertThat(ResponseHeadCheck.problem(status, HttpFields.EMPTY)).isEqualTo("status " + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "with blank", "tab\there", "caf\u00e9", "\u0085\u00ff", "\"quoted\""})
    void valuesThatKeepToTheirLinePass(String value) {
        assertThat(ResponseHeadCheck.problem(200, HttpFields.build().add("x-a", value)))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb: c", "a\nb", "a\rb", "nul\u0000", "\u000b", "del\u007f", "esc\u001b[1m", "\u010a"})
    void valuesThatDoNotNameTheirField(String value) {
        assertThat(ResponseHeadCheck.problem(200, HttpFields.build().add("x-a", value)))
                .contains("x-a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a:b", "a\r\n", "a(b)", "caf\u00e9", "a\u0000", ":status", "\u010a"})
    void namesAreTokens(String name) {
        assertThat(ResponseHeadCheck.problem(HttpFields.build().add(name, "v"))).isNotNull();
    }

    @Test
    void knownNamesPass() {
        var fields = HttpFields.build().add("content-type", "a/b").add("Set-Cookie", "a=b");
        assertThat(ResponseHeadCheck.problem(200, fields)).isNull();
    }
}
