package dev.gatehouse.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One `health_check`.
///
/// @param http whether a request is made; else a TCP connect is enough
/// @param timeout less than `interval`
/// @param unhealthyThreshold failures in a row that mark an upstream down, at least 1
/// @param healthyThreshold successes in a row that mark it up again, at least 1
/// @param path present iff `http`
public record HealthCheckConfig(
        boolean http,
        Duration interval,
        Duration timeout,
        int unhealthyThreshold,
        int healthyThreshold,
        @Nullable String path,
        int expectedStatus) {}
