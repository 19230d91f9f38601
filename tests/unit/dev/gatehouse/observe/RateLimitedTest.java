package dev.gatehouse.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class RateLimitedTest {
    private final AtomicLong nanoTime = new AtomicLong(-5);
    private final RateLimited limited = new RateLimited(LoggerFactory.getLogger("test"), 2, nanoTime::get);

    @Test
    void keepsTheFirstOfAMinuteAndThenTellsHowManyWereLeftOut() {
        assertThat(limited.admit("h1.host")).isZero();
        assertThat(limited.admit("h1.host")).isZero();
        for (int i = 0; i < 17; i++) {
            assertThat(limited.admit("h1.host")).isEqualTo(-1);
        }
        later(Duration.ofSeconds(59));
        assertThat(limited.admit("h1.host")).isEqualTo(-1);
        later(Duration.ofSeconds(1));

        assertThat(limited.admit("h1.host")).isEqualTo(18);
        assertThat(limited.admit("h1.host")).isZero();
        assertThat(limited.admit("h1.host")).isEqualTo(-1);
    }

    @Test
    void keysDoNotDisturbEachOther() {
        limited.admit("a");
        limited.admit("a");

        assertThat(limited.admit("a")).isEqualTo(-1);
        assertThat(limited.admit("b")).isZero();
    }

    @Test
    void endlessKeysShareOneWindow() {
        for (int i = 0; i < 1_024; i++) {
            limited.admit("key" + i);
        }
        limited.admit("one more");
        limited.admit("and another");

        assertThat(limited.admit("a third")).isEqualTo(-1);
    }

    @Test
    void countsWhatTheLogDoesNotHaveToo() {
        for (int i = 0; i < 3; i++) {
            limited.log(Level.INFO, "tls.sni", "told");
            limited.log(Level.TRACE, "tls.silent", "not told");
        }

        assertThat(limited.counts()).containsExactly(entry("tls.silent", 3L), entry("tls.sni", 3L));
    }

    private void later(Duration by) {
        nanoTime.addAndGet(by.toNanos());
    }
}
