package dev.gatehouse.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.acme.RenewalPlan.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenewalPlanTest {
    private static final Instant FROM = Instant.parse("2027-03-01T00:00:00Z");

    private static Instant at(Duration lifetime, Window window, double share) {
        return RenewalPlan.at(FROM, FROM.plus(lifetime), FROM.plus(Duration.ofHours(1)), window, share);
    }

    private static Instant withoutAdvice(Duration lifetime, double share) {
        return RenewalPlan.at(FROM, FROM.plus(lifetime), FROM.plus(Duration.ofHours(1)), null, share);
    }

    @ParameterizedTest(name = "{0} days: between {1} and {2} hours")
    @CsvSource({"90, 1375, 1505", "47, 718, 787", "6, 91, 101"})
    void withoutAdviceItIsAroundTwoThirdsOfTheLifetime(int days, int earliest, int latest) {
        for (double share : new double[] {0, 0.3, 0.999}) {
            assertThat(withoutAdvice(Duration.ofDays(days), share))
                    .isBetween(FROM.plus(Duration.ofHours(earliest)), FROM.plus(Duration.ofHours(latest)));
        }
    }

    @Test
    @Tag("AC-10")
    void certificatesOfOneDayAreSpreadOverDays() {
        var random = new Random(42);
        var times = new TreeSet<Instant>();
        for (int i = 0; i < 500; i++) {
            times.add(withoutAdvice(Duration.ofDays(90), random.nextDouble()));
        }

        assertThat(Duration.between(times.first(), times.last())).isGreaterThan(Duration.ofDays(5));
        for (var time : times) {
            assertThat(times.subSet(time, time.plus(Duration.ofHours(1)))).hasSizeLessThan(20);
        }
    }

    @Test
    void adviceIsFollowedSomewhereInItsWindow() {
        var window = new Window(FROM.plus(Duration.ofDays(50)), FROM.plus(Duration.ofDays(52)));

        assertThat(at(Duration.ofDays(90), window, 0.5)).isEqualTo(FROM.plus(Duration.ofDays(51)));
    }

    @Test
    @Tag("AC-07")
    void aWindowInThePastMeansNowButNotBeforeTheCertificateIsAnHourOld() {
        var window = new Window(FROM.minus(Duration.ofDays(2)), FROM.minus(Duration.ofDays(1)));

        assertThat(at(Duration.ofDays(90), window, 0.5)).isEqualTo(FROM.plus(Duration.ofHours(2)));
    }

    @Test
    @Tag("AC-07")
    void aWindowBehindTheEndLeavesTimeForFailures() {
        var window = new Window(FROM.plus(Duration.ofDays(400)), FROM.plus(Duration.ofDays(500)));

        assertThat(at(Duration.ofDays(90), window, 0.5)).isEqualTo(FROM.plus(Duration.ofDays(81)));
    }

    @Test
    @Tag("AC-07")
    void aWindowThatEndsBeforeItBeginsIsNone() {
        assertThatThrownBy(() -> new Window(FROM, FROM)).isInstanceOf(IllegalArgumentException.class);
    }
}
