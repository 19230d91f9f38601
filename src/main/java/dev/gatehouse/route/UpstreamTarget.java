package dev.gatehouse.route;

import dev.gatehouse.config.RouteConfig;
import org.jspecify.annotations.Nullable;

/// The request target that an upstream gets, in origin-form: the path as [RequestPath] forwards it, with the route's
/// `replace_path` in the place of the segments that its `path` covers; the query byte for byte.
///
/// | path | replace_path | request | upstream gets |
/// |---|---|---|---|
/// | `/foo` | `/new` | `/foo/bar?q` | `/new/bar?q` |
/// | `/foo` | `/new` | `//f%6Fo;v=1//bar` | `/new//bar` |
/// | `/foo` | `/` | `/foo`, `/foo/x` | `/`, `/x` |
/// | `/` | `/new` | `/`, `/a` | `/new`, `/new/a` |
/// | `/foo/` | `/new` | `/foo/`, `/foo/bar` | `/new`, `/new/bar` |
public final class UpstreamTarget {
    private UpstreamTarget() {}

    /// The target for a path that the route covers.
    ///
    /// @param query without `?`; null where there is none, empty for a lone `?`
    public static String of(RouteConfig route, RequestPath path, @Nullable String query) {
        var replacement = route.replacePath();
        var target = replacement == null ? path.forwarded() : replaced(path.forwarded(), route.path(), replacement);
        return query == null ? target : target + "?" + query;
    }

    private static String replaced(String path, String prefix, String replacement) {
        int rest = behind(path, prefix);
        int left = path.length() - rest;
        if (left == 0 || (left == 1 && prefix.endsWith("/"))) {
            return replacement;
        }
        int end = replacement.endsWith("/") ? replacement.length() - 1 : replacement.length();
        return new StringBuilder(end + left)
                .append(replacement, 0, end)
                .append(path, rest, path.length())
                .toString();
    }

    /// Where the path goes on behind the segments of the prefix, however they are written: at a slash, or at its end.
    private static int behind(String path, String prefix) {
        int end = 0;
        for (int at = 0; at < prefix.length() - 1; ) {
            int slash = prefix.indexOf('/', at + 1);
            at = slash < 0 ? prefix.length() : slash;
            int start;
            do {
                start = end + 1;
                int next = path.indexOf('/', start);
                end = next < 0 ? path.length() : next;
            } while (isEmpty(path, start, end));
        }
        return end;
    }

    /// Whether the canonical form leaves the segment out.
    private static boolean isEmpty(String path, int start, int end) {
        return start == end || path.charAt(start) == ';';
    }
}
