package dev.gatehouse.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// `[h3]`.
///
/// @param requestMaxBodyBytes the deprecated limit of its own; null where absent
/// @param maxIdleTimeout zero is none
public record Http3Config(
        long altSvcMaxAgeSeconds,
        @Nullable Long requestMaxBodyBytes,
        int maxConcurrentConnections,
        int maxConcurrentBidirectionalStreams,
        int maxConcurrentUnidirectionalStreams,
        Duration maxIdleTimeout) {}
