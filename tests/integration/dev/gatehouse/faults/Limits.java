package dev.gatehouse.faults;

import java.time.Duration;

/// How long tests wait for what must happen at once.
final class Limits {
    /// The table says "within one second"; the second one is for a machine that has other things to do.
    static final Duration SOON = Duration.ofSeconds(2);

    private Limits() {}
}
