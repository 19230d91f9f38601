package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.CidrSet;
import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.config.TimeoutsConfig;
import dev.gatehouse.config.TlsConfig;
import dev.gatehouse.http.Handler;
import dev.gatehouse.tls.ChallengeSource;
import dev.gatehouse.tls.SiteStore;
import dev.gatehouse.tls.TlsEngines;

/// What client connections need from the configuration. Immutable; a connection keeps the one it began with.
///
/// @param handler gets the requests
/// @param tls what of TLS is the same for all sites
/// @param trusted proxies, whose connections stand for many clients
/// @param sites empty when there is no TLS listener
/// @param challenges handshakes by which a CA sees who serves a name
public record Front(
        Handler handler,
        LimitsConfig limits,
        TimeoutsConfig timeouts,
        TlsConfig tls,
        CidrSet trusted,
        SiteStore sites,
        ChallengeSource challenges,
        TlsEngines engines) {}
