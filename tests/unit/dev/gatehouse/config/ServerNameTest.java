package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The table of `rpxy-behaviour.md`, B.6, with wildcards.
class ServerNameTest {
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "example.com",
                "a-b.example.com",
                "localhost",
                "127.0.0.1",
                "*.example.com",
                "*.com",
                "xn--bcher-kva.example",
                "1.example",
                "a1"
            })
    void namesAreAccepted(String name) throws BadValue {
        assertThat(ServerName.parse(name)).isEqualTo(name);
    }

    @Test
    void nameBecomesLowerCase() throws BadValue {
        assertThat(ServerName.parse("*.Shop.EXAMPLE.com")).isEqualTo("*.shop.example.com");
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(
            strings = {
                "",
                ".",
                "*",
                "*.",
                ".example.com",
                "example.com.",
                "a..b.com",
                "-bad.example",
                "bad-.example",
                "**.example.com",
                "a.*.example.com",
                "a*.example.com",
                "*.*.example.com",
                "_dmarc.example.com",
                "::1",
                "[::1]",
                "a/b",
                "a\\b",
                "bücher.example",
                "two words.example",
                "example.com:443",
                "https://example.com",
                "256.0.0.1",
                "1.2.3",
                "*.0.0.1",
                "a\u0000b"
            })
    void everythingElseIsRefused(String name) {
        assertThatExceptionOfType(BadValue.class).isThrownBy(() -> ServerName.parse(name));
    }

    @Test
    void labelOf64CharactersIsRefused() throws BadValue {
        assertThat(ServerName.parse("a".repeat(63) + ".example")).hasSize(71);
        assertThatExceptionOfType(BadValue.class).isThrownBy(() -> ServerName.parse("a".repeat(64) + ".example"));
    }

    @Test
    void nameOf254CharactersIsRefused() throws BadValue {
        var longest = "a23456789.".repeat(25) + "abc";

        assertThat(ServerName.parse(longest)).hasSize(253);
        assertThatExceptionOfType(BadValue.class).isThrownBy(() -> ServerName.parse(longest + "d"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "bücher.example, in punycode: \"xn--bcher-kva.example\"",
        "example.com., \"example.com\"",
        "example.com:443, \"example.com\"",
        "https://example.com, \"example.com\""
    })
    void hintSaysWhatWouldDo(String name, String hint) {
        assertThatExceptionOfType(BadValue.class)
                .isThrownBy(() -> ServerName.parse(name))
                .satisfies(bad -> assertThat(bad.hint()).isEqualTo(hint));
    }
}
