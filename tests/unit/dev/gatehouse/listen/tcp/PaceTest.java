package dev.gatehouse.listen.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE = 60 * SECOND;

    /// How long a client that moves so much each so many seconds is waited for; -1 is for ever.
    @ParameterizedTest(name = "{0} bytes each {1} s, {2} sharers, memory short: {3}")
    @CsvSource({
        "0,       1,   1, false, 60", // silence
        "1,       4,   1, false, 61", // a byte now and then
        "1,      55,   1, false, 61", // a byte per silence that is allowed
        "100,     1,   1, false, 103", // too slow by half
        "240,     1,   1, false, -1", // just fast enough
        "14400,  59,   1, false, -1", // the same in long breaths
        "1000000, 59,  1, false, -1", // a phone that loses its network again and again
        "0,       1,   1, true,  15",
        "100,     1,   1, true,  26",
        "240,     1,   1, true,  -1",
    })
    void whoIsTooSlowIsFoundByWhatItMoves(long bytes, int each, int sharers, boolean memoryShort, int until) {
        var pace = new Pace(PATIENCE, 240);
        pace.begin(0, 0, 0);
        long moved = 0;
        for (int second = 1; second < 10_000; second++) {
            moved += second % each == 0 ? bytes : 0;
            pace.settle(second * SECOND, moved, moved, sharers);
            if (pace.isTooSlow(memoryShort)) {
                assertThat(second).isEqualTo(until);
                return;
            }
        }
        assertThat(until).isEqualTo(-1);
    }

    @ParameterizedTest(name = "{0} of the connection''s {1} bytes a second, {2} sharers")
    @CsvSource({
        "0,  5000, 64, 300", // others get all
        "1,  5000, 64, 410", // below its share
        "4,  5000, 64, -1", // its share
        "78, 5000, 64, -1", // a slow line shared by all
        "0,  200,  64, 300", // the connection moves too little, but long enough
        "0,  100,  64, 103", // and too little
    })
    void streamIsPatientlyAskedForItsShare(long own, long all, int sharers, int until) {
        var pace = new Pace(PATIENCE, 240);
        pace.begin(0, 0, 0);
        for (int second = 1; second < 10_000; second++) {
            pace.settle(second * SECOND, second * all, second * own, sharers);
            if (pace.isTooSlow(false)) {
                assertThat(second).isEqualTo(until);
                return;
            }
        }
        assertThat(until).isEqualTo(-1);
    }

    @Test
    void timeInWhichTheClientWaitsForUsDoesNotCount() {
        var pace = new Pace(PATIENCE, 240);
        for (int minute = 0; minute < 100; minute++) {
            long now = minute * 60L * SECOND;
            pace.begin(now, minute * 240L, minute * 240L);
            pace.end(now + SECOND, (minute + 1) * 240L, (minute + 1) * 240L, 1);
        }

        assertThat(pace.isTooSlow(false)).isFalse();
        assertThat(pace.nextCheck()).isEqualTo(5 * SECOND);
    }

    @Test
    void nobodyGetsAhead() {
        var pace = new Pace(PATIENCE, 240);
        pace.begin(0, 0, 0);
        pace.settle(SECOND, 1L << 40, 1L << 40, 1);
        pace.settle(60 * SECOND, 1L << 40, 1L << 40, 1);
        assertThat(pace.isTooSlow(false)).isFalse();
        pace.settle(61 * SECOND, 1L << 40, 1L << 40, 1);

        assertThat(pace.isTooSlow(false)).isTrue();
    }

    @Test
    void whatMovedBetweenTwoWaitsCountsToo() {
        var pace = new Pace(PATIENCE, 240);
        pace.begin(0, 0, 0);
        pace.end(50 * SECOND, 0, 0, 1);
        pace.begin(60 * SECOND, 240L * 50, 240L * 50);
        pace.settle(110 * SECOND, 240L * 50, 240L * 50, 1);

        assertThat(pace.isTooSlow(false)).isFalse();
    }

    @Test
    void withoutALeastRateAnyByteWillDo() {
        var pace = new Pace(PATIENCE, 0);
        pace.begin(0, 0, 0);
        for (int i = 1; i < 100; i++) {
            pace.settle(i * 59L * SECOND, i, i, 1);
            assertThat(pace.isTooSlow(false)).isFalse();
        }
        pace.settle((99 * 59L + 60) * SECOND, 99, 99, 1);

        assertThat(pace.isTooSlow(false)).isTrue();
    }
}
