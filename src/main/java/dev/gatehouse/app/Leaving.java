package dev.gatehouse.app;

import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.http.ClientConnection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which connections have nothing more to do in a generation: those of apps that are gone, those whose server name
/// belongs to nobody any more, and tunnels of routes that are gone.
final class Leaving {
    private final Generation next;
    /// Paths of routes by app.
    private final Map<String, Set<String>> routes;

    Leaving(Generation next) {
        this.next = next;
        routes = next.config().apps().stream()
                .collect(Collectors.toUnmodifiableMap(
                        app -> app.name(),
                        app -> app.routes().stream().map(RouteConfig::path).collect(Collectors.toUnmodifiableSet())));
    }

    /// On the connection's loop.
    boolean leaves(ClientConnection client, boolean tunnel) {
        if (client.secure() && next.sites().store().find(client.serverName()) == null) {
            return true;
        }
        var app = client.app();
        if (app == null) {
            return false;
        }
        var its = routes.get(app);
        var route = client.route();
        return its == null || (tunnel && route != null && !its.contains(route));
    }
}
