package dev.gatehouse.app;

import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.proxy.Road;
import dev.gatehouse.upstream.Engines;
import java.time.Instant;
import java.util.Map;

/// All that follows from one reading of the configuration. Immutable; requests end in the generation they began with.
///
/// @param number from 1, one more with each that serves
/// @param since when it began to serve
/// @param engines the TLS of each upstream that speaks it
record Generation(
        long number,
        Instant since,
        GatehouseConfig config,
        Sites sites,
        Map<UpstreamConfig, Engines> engines,
        Road road) {
    Generation {
        engines = Map.copyOf(engines);
    }
}
