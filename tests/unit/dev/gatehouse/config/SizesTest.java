package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The table of `rpxy-behaviour.md`, B.5.
class SizesTest {
    @ParameterizedTest(name = "{0} is {1} bytes")
    @CsvSource({
        "256k, 262144",
        "10m, 10485760",
        "1g, 1073741824",
        "256M, 268435456",
        "65536, 65536",
        "' 1k ', 1024",
        "8589934591g, 9223372035781033984"
    })
    void digitsAndAnOptionalSuffixAreASize(String text, long bytes) throws BadValue {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest(name = "{0} is no limit")
    @ValueSource(strings = {"0", "0m", "unlimited", "UNLIMITED"})
    void nothingIsNoLimit(String text) throws BadValue {
        assertThat(Sizes.parse(text)).isEqualTo(Sizes.UNLIMITED);
    }

    @Test
    void bareZeroIsNoLimit() throws BadValue {
        assertThat(Sizes.of(0)).isEqualTo(Sizes.UNLIMITED);
    }

    @ParameterizedTest(name = "\"{0}\" is refused")
    @ValueSource(
            strings = {
                "",
                " ",
                "abc",
                "+1",
                "+1m",
                "-1",
                "-1m",
                "1.5m",
                "10mb",
                "1 k",
                "k",
                "17179869184g",
                "8589934592g",
                "99999999999999999999",
                "٣"
            })
    void whatIsNoSizeIsRefused(String text) {
        assertThatExceptionOfType(BadValue.class).isThrownBy(() -> Sizes.parse(text));
    }

    @Test
    void negativeNumberIsRefused() {
        assertThatExceptionOfType(BadValue.class).isThrownBy(() -> Sizes.of(-1));
    }
}
