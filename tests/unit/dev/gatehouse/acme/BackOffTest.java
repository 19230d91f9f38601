package dev.gatehouse.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.acme.OrderFailure.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("AC-02")
class BackOffTest {
    @ParameterizedTest(name = "after {0} failures at most {1} minutes")
    @CsvSource({"1, 1", "2, 2", "3, 4", "8, 128", "9, 256", "10, 360", "1000, 360"})
    void eachFailureDoublesItUpToSixHoursLessSomeChance(int failures, int minutes) {
        assertThat(BackOff.after(failures, 0)).isEqualTo(Duration.ofMinutes(minutes));
        assertThat(BackOff.after(failures, 1))
                .isEqualTo(Duration.ofMinutes(minutes).multipliedBy(6).dividedBy(10));
    }

    @Test
    void whatTheCaAsksForIsKeptToExactly() {
        var asked = new OrderFailure(Kind.RATE_LIMITED, "", null, Duration.ofSeconds(17), null);

        assertThat(asked.pause(30, 0.7)).isEqualTo(Duration.ofSeconds(17));
    }

    @Test
    @Tag("AC-04")
    void aNameThatTheCaDoesNotBelieveWaitsForAnHourAtLeast() {
        assertThat(new OrderFailure(Kind.INVALID, "", null).pause(1, 1)).isEqualTo(Duration.ofHours(1));
        assertThat(new OrderFailure(Kind.INVALID, "", null).pause(12, 0)).isEqualTo(Duration.ofHours(6));
    }
}
