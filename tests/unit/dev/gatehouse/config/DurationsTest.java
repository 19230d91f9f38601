package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest(name = "{0} is {1} ms")
    @CsvSource({"500ms, 500", "20s, 20000", "5m, 300000", "1h, 3600000", "0, 0", "off, 0", "0s, 0", "090s, 90000"})
    void digitsWithAUnitAreALengthOfTime(String text, long millis) throws BadValue {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest(name = "{0} has no unit")
    @ValueSource(strings = {"20", "1", "00"})
    void missingUnitIsSaid(String text) {
        assertThatExceptionOfType(BadValue.class)
                .isThrownBy(() -> Durations.parse(text))
                .satisfies(bad -> assertThat(bad.code()).isEqualTo(Code.NO_UNIT));
    }

    @ParameterizedTest(name = "\"{0}\" is refused")
    @ValueSource(strings = {"", "s", "-1s", "1.5s", "20 s", "5min", "1h30m", "1d", "OFF", "9999999999999999s", "٣s"})
    void whatIsNoLengthOfTimeIsRefused(String text) {
        assertThatExceptionOfType(BadValue.class).isThrownBy(() -> Durations.parse(text));
    }

    @ParameterizedTest(name = "{0} stays {0}")
    @ValueSource(strings = {"500ms", "20s", "5m", "1h", "90s", "off"})
    void textIsTheShortestSpelling(String text) throws BadValue {
        assertThat(Durations.text(Durations.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest(name = "{0} h do not overflow")
    @ValueSource(longs = {1, 999_999_999_999_999L})
    void hugeNumbersAreOnlyLong(long hours) throws BadValue {
        assertThat(Durations.parse(hours + "h")).isEqualTo(Duration.ofHours(hours));
    }
}
