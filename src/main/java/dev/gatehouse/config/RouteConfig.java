package dev.gatehouse.config;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One `[[apps.NAME.reverse_proxy]]` entry.
///
/// @param ordinal position among all routes of the file, from 0
/// @param path begins with `/`, in the form of [CanonicalPath]; covers whole segments: `/map` does not cover `/maps`
/// @param replacePath begins with `/`; takes the place of `path` in what the upstream gets
/// @param upstreams in file order, at least one
/// @param options what the administrator asked for beyond the defaults
/// @param loadBalance how an upstream is chosen
/// @param healthCheck null when the upstreams are not probed
/// @param timeouts the file's time limits with those of this route on top
/// @param encodedSlash what becomes of encoded slashes in paths; null where it only matters if they make a difference
/// @param upgrades for which protocols a connection may leave HTTP
/// @param via whether upstreams see in Via that the request came through us
public record RouteConfig(
        int ordinal,
        String path,
        @Nullable String replacePath,
        List<UpstreamConfig> upstreams,
        Set<UpstreamOption> options,
        LoadBalance loadBalance,
        @Nullable HealthCheckConfig healthCheck,
        TimeoutsConfig timeouts,
        @Nullable EncodedSlash encodedSlash,
        Upgrades upgrades,
        boolean via) {
    public RouteConfig {
        upstreams = List.copyOf(upstreams);
        options = Set.copyOf(options);
    }

    /// Whether HTTP/2 is spoken with the upstreams, by prior knowledge or by ALPN; else HTTP/1.1.
    public boolean http2() {
        return options.contains(UpstreamOption.FORCE_HTTP2_UPSTREAM);
    }
}
