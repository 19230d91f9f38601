package dev.gatehouse.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One `[apps.NAME]`.
///
/// @param name lower case
/// @param serverNames lower case, at least one; a name may begin with one wildcard label: `*.example.com`
/// @param tls null for an app that is served over plaintext only
/// @param httpsRedirection whether plaintext requests are answered with a redirect to https
/// @param routes in file order
public record AppConfig(
        String name,
        List<String> serverNames,
        @Nullable AppTlsConfig tls,
        boolean httpsRedirection,
        List<RouteConfig> routes) {
    public AppConfig {
        serverNames = List.copyOf(serverNames);
        routes = List.copyOf(routes);
    }

    /// The name that stands for the app where one must be chosen: the first of `serverNames`.
    public String serverName() {
        return serverNames.getFirst();
    }
}
