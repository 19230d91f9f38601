package dev.gatehouse.route;

import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.RequestHead;

/// Finds app and route of a request. Immutable, one per generation, any thread.
public final class Router {
    private Router() {}

    /// The router of a configuration.
    public static Router of(GatehouseConfig config) {
        return new Router();
    }

    /// Decides by host, SNI and path, in the order: host valid (400), SNI agrees (421), app (503), https (301), route
    /// (404).
    public Decision route(RequestHead request) {
        return new Decision.Refuse(Failure.NO_SUCH_APP, "");
    }
}
