package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.config.TimeoutsConfig;
import dev.gatehouse.http.Handler;
import dev.gatehouse.tls.ChallengeSource;
import dev.gatehouse.tls.SiteStore;
import dev.gatehouse.tls.TlsEngines;

/// What client connections need from the configuration. Immutable; a connection keeps the one it began with.
///
/// @param handler gets the requests
/// @param sites empty when there is no TLS listener
/// @param challenges handshakes by which a CA sees who serves a name
public record Front(
        Handler handler,
        LimitsConfig limits,
        TimeoutsConfig timeouts,
        SiteStore sites,
        ChallengeSource challenges,
        TlsEngines engines) {}
