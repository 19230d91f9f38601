package dev.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepAliveTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timeout=5|5",
                "timeout=5, max=1000|5",
                "max=1000, Timeout=15|15",
                "timeout=0|0",
                "timeout=99999999999999999999|999999999",
                "timeout=|-1",
                "timeout=x|-1",
                "timeout=-3|-1",
                "max=5|-1"
            })
    void timeoutIsReadInSeconds(String value, long seconds) {
        assertThat(KeepAlive.seconds(value)).isEqualTo(seconds);
    }

    @Test
    void fieldWithoutValueSaysNothing() {
        assertThat(KeepAlive.seconds(null)).isEqualTo(-1);
    }
}
