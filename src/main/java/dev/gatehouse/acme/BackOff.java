package dev.gatehouse.acme;

import java.time.Duration;

/// How long to wait behind failures in a row.
final class BackOff {
    private static final Duration FIRST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(6);
    private static final double SPREAD = 0.4;

    private BackOff() {}

    /// @param failures at least 1
    /// @param chance from 0 to 1
    static Duration after(int failures, double chance) {
        long base = FIRST.toMillis() << Math.min(failures - 1, 20);
        return Duration.ofMillis((long) (Math.min(base, LONGEST.toMillis()) * (1 - SPREAD * chance)));
    }
}
