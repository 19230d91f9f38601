package dev.gatehouse.app;

import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.tls.SiteStore;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which connections have nothing more to do in a generation: those whose apps are all gone, those whose server name
/// belongs to nobody any more, and tunnels of routes that are gone.
final class Leaving {
    private final SiteStore sites;
    /// Paths of routes by app.
    private final Map<String, Set<String>> routes;

    Leaving(GatehouseConfig next, SiteStore sites) {
        this.sites = sites;
        routes = next.apps().stream()
                .collect(Collectors.toUnmodifiableMap(
                        app -> app.name(),
                        app -> app.routes().stream().map(RouteConfig::path).collect(Collectors.toUnmodifiableSet())));
    }

    /// On the connection's loop.
    boolean leaves(ClientConnection client, boolean tunnel) {
        if (client.secure() && sites.find(client.serverName()) == null) {
            return true;
        }
        var app = client.app();
        if (app == null) {
            return false;
        }
        if (tunnel) {
            var route = client.route();
            return route == null || !routes.getOrDefault(app, Set.of()).contains(route);
        }
        return Collections.disjoint(client.apps(), routes.keySet());
    }
}
