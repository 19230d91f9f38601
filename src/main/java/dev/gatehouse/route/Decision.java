package dev.gatehouse.route;

import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.http.Failure;
import org.jspecify.annotations.Nullable;

/// What [Router] says about a request.
public sealed interface Decision {
    /// To one of the route's upstreams. Made once per route, not per request; [UpstreamTarget] has what is the
    /// request's own.
    ///
    /// @param byDefault whether the app was taken as the default app: then Host becomes [#hostName()]
    /// @param slashesDecoded whether the route was found by [RequestPath#decoded]; then that is the request's path
    record Forward(AppConfig app, RouteConfig route, boolean byDefault, boolean slashesDecoded) implements Decision {
        /// The request's path by which the route was found.
        ///
        /// @param received as [RequestTarget#path] gives it
        public RequestPath path(RequestPath received) {
            return slashesDecoded ? received.decoded() : received;
        }

        /// The app's first name that is no wildcard; its first name where all are.
        public String hostName() {
            return HostTable.exactName(app);
        }
    }

    /// To https: 301, or 308 where the method must stay (RFC 9110 §15.4.9).
    ///
    /// @param location absolute URL
    record Redirect(AppConfig app, String location, int status) implements Decision {}

    /// `OPTIONS *`: asks the server itself, and is answered here (RFC 9110 §9.3.7).
    record ServerOptions(AppConfig app) implements Decision {}

    /// No.
    ///
    /// @param app whose request it is; null where none was found
    /// @param detail for the log only, facts as pairs: `host=a.example sni=b.example`
    record Refuse(@Nullable AppConfig app, Failure failure, String detail) implements Decision {}
}
