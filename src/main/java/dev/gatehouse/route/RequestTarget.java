package dev.gatehouse.route;

import dev.gatehouse.http.Failure;
import dev.gatehouse.http.HttpChars;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.UriCompliance;
import org.jspecify.annotations.Nullable;

/// The method and the target of a request line, or of their pseudo fields: which forms are served, and which path they
/// mean (RFC 9112 §3.2).
public final class RequestTarget {
    static final String ASTERISK = "*";

    private RequestTarget() {}

    /// The path; the root for asterisk-form and for an absolute form without path.
    ///
    /// @return null where the request is refused; [#fault] says why
    public static @Nullable RequestPath path(String method, HttpURI uri) {
        var raw = uri.getPath();
        var query = uri.getQuery();
        if (!isServed(method) || (query != null && !RequestPath.isQuery(query)) || hasFragment(uri)) {
            return null;
        }
        if (raw != null && !raw.isEmpty() && raw.charAt(0) == '/') {
            return isWeb(uri.getScheme()) ? RequestPath.of(raw) : null;
        }
        return fault(method, uri) == null ? RequestPath.ROOT : null;
    }

    /// Whether an OPTIONS asks for the server and for no path on it: asterisk-form, also written as an absolute form
    /// without path and query (RFC 9112 §3.2.4).
    static boolean isOfServer(HttpURI uri) {
        var path = uri.getPath();
        return ASTERISK.equals(path) || ((path == null || path.isEmpty()) && uri.getQuery() == null);
    }

    /// What is wrong with them; null where nothing is.
    static @Nullable Failure fault(String method, HttpURI uri) {
        if (!HttpChars.isToken(method)) {
            return Failure.INVALID_METHOD;
        }
        if (!isServed(method)) {
            return Failure.METHOD_NOT_ALLOWED;
        }
        var path = uri.getPath();
        var query = uri.getQuery();
        if (ASTERISK.equals(path)) {
            return method.equals("OPTIONS") && query == null ? null : Failure.INVALID_TARGET;
        }
        if (!isWeb(uri.getScheme())) {
            return Failure.INVALID_TARGET;
        }
        if (path == null || path.isEmpty()) {
            if (!uri.hasAuthority()) {
                return Failure.INVALID_TARGET;
            }
        } else if (path.charAt(0) != '/') {
            return Failure.INVALID_TARGET;
        } else if (RequestPath.of(path) == null) {
            return Failure.INVALID_PATH;
        }
        return (query != null && !RequestPath.isQuery(query)) || hasFragment(uri) ? Failure.INVALID_PATH : null;
    }

    /// Path and query as received, with `/` for an empty path, as an origin-form target has them.
    public static String asReceived(HttpURI uri) {
        var path = uri.getPath();
        if (path == null || path.isEmpty()) {
            return uri.getQuery() == null ? "/" : "/?" + uri.getQuery();
        }
        return uri.getPathQuery();
    }

    /// A tunnel and an echo of the request's fields are nothing that a gateway offers.
    private static boolean isServed(String method) {
        return switch (method) {
            case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH" -> true;
            case "CONNECT", "TRACE" -> false;
            default -> HttpChars.isToken(method);
        };
    }

    /// Absent in origin-form of HTTP/1.
    private static boolean isWeb(@Nullable String scheme) {
        return scheme == null || scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http");
    }

    private static boolean hasFragment(HttpURI uri) {
        return uri.getFragment() != null || uri.hasViolation(UriCompliance.Violation.FRAGMENT);
    }
}
