package dev.gatehouse.route;

import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.http.RequestHead;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The request target that an upstream gets, in origin-form: the path as [RequestPath] has it, with the route's
/// `replace_path` in the place of its `path`, joined by segments; the query byte for byte.
///
/// | path | replace_path | request | upstream gets |
/// |---|---|---|---|
/// | `/foo` | `/new` | `/foo/bar?q` | `/new/bar?q` |
/// | `/foo` | `/` | `/foo`, `/foo/x` | `/`, `/x` |
/// | `/` | `/new` | `/`, `/a` | `/new`, `/new/a` |
/// | `/foo/` | `/new` | `/foo/`, `/foo/bar` | `/new`, `/new/bar` |
public final class UpstreamTarget {
    private UpstreamTarget() {}

    /// The target for a request that [Router] sent to the route. `OPTIONS *`, also written as an absolute form without
    /// path, stays asterisk-form (RFC 9112 §3.2.4).
    public static String of(RouteConfig route, RequestHead request) {
        var uri = request.uri();
        var raw = uri.getPath();
        if (raw == null || raw.isEmpty() || raw.charAt(0) != '/') {
            if (RequestTarget.ASTERISK.equals(raw) || (request.method().equals("OPTIONS") && uri.getQuery() == null)) {
                return RequestTarget.ASTERISK;
            }
            return of(route, "/", uri.getQuery());
        }
        var path = Objects.requireNonNull(RequestPath.normalise(raw), "a refused path was routed");
        return of(route, path, uri.getQuery());
    }

    /// The target for a path in the form of [RequestPath] that the route covers.
    ///
    /// @param query without `?`; null where there is none, empty for a lone `?`
    public static String of(RouteConfig route, String path, @Nullable String query) {
        var replacement = route.replacePath();
        var target = replacement == null ? path : replaced(path, route.path(), replacement);
        return query == null ? target : target + "?" + query;
    }

    private static String replaced(String path, String prefix, String replacement) {
        if (path.length() == prefix.length()) {
            return replacement;
        }
        int rest = prefix.endsWith("/") ? prefix.length() - 1 : prefix.length(); // at a slash
        int end = replacement.endsWith("/") ? replacement.length() - 1 : replacement.length();
        return new StringBuilder(end + path.length() - rest)
                .append(replacement, 0, end)
                .append(path, rest, path.length())
                .toString();
    }
}
