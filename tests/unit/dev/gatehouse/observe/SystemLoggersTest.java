package dev.gatehouse.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.LogConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class SystemLoggersTest {
    @AfterEach
    void defaultLevel() {
        SystemLoggers.level(LogConfig.Level.INFO);
    }

    @Test
    void slf4jFindsOurBinding() {
        assertThat(LoggerFactory.getLogger("dev.gatehouse.x")).isInstanceOf(SystemLogger.class);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "TRACE, TRACE, DEBUG",
        "DEBUG, DEBUG, INFO",
        "INFO, INFO, WARN",
        "WARN, WARN, WARN",
        "ERROR, ERROR, ERROR"
    })
    void librariesAreQuieterThanWe(LogConfig.Level configured, Level ours, Level theirs) {
        var our = LoggerFactory.getLogger("dev.gatehouse.proxy.Road");
        var their = LoggerFactory.getLogger("org.eclipse.jetty.Thing");

        SystemLoggers.level(configured);

        for (var level : Level.values()) {
            assertThat(our.isEnabledForLevel(level)).as("ours at %s", level).isEqualTo(level.toInt() >= ours.toInt());
            assertThat(their.isEnabledForLevel(level))
                    .as("theirs at %s", level)
                    .isEqualTo(level.toInt() >= theirs.toInt());
        }
    }
}
