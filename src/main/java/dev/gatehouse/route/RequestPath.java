package dev.gatehouse.route;

import dev.gatehouse.config.CanonicalPath;
import org.jspecify.annotations.Nullable;

/// The path of a request: what the upstream gets, and the form by which everything is decided that goes by paths. An
/// upstream may read the first in its own way; paths that RFC 3986, empty segments and parameters allow it to read
/// alike have the same second form.
///
/// | path as received | forwarded |
/// |---|---|
/// | no dot segments | itself, byte for byte: escapes, `//`, `;` and case are kept |
/// | `.`, `..`, `%2e`, `.%2E` … as a segment | removed as in RFC 3986 §5.2.4; climbing ends at the root |
/// | control bytes, space, bytes from 7F, `#`, `\`, `%00`, `%` without two hex digits | invalid |
/// | a dot segment only for who ends segments at `%2F`, `%5C` or `;`: `..%2Fx`, `..;x` | invalid |
///
/// Overlong UTF-8 and escaped escapes are decoded by nobody here.
///
/// @param forwarded as the upstream gets it, but for the route's `replace_path`
/// @param canonical the form of [CanonicalPath]: for routes, and for whatever guards, limits or stores by paths
/// @param encodedSlash whether there is a `%2F` or `%5C` in it: both forms keep them; see [#decoded]
public record RequestPath(String forwarded, String canonical, boolean encodedSlash) {
    /// The root, also where a target has no path.
    public static final RequestPath ROOT = new RequestPath("/", "/", false);

    private static final byte PLAIN = 0;
    private static final byte REFUSED = 1;
    private static final byte SLASH = 2;
    private static final byte DOT = 3;
    private static final byte ESCAPE = 4;
    private static final byte PARAMETER = 5;

    private static final byte[] KINDS = new byte[128];

    static {
        for (int c = 0; c < KINDS.length; c++) {
            KINDS[c] = c <= ' ' || c == 0x7f || c == '#' || c == '\\' ? REFUSED : PLAIN;
        }
        KINDS['/'] = SLASH;
        KINDS['.'] = DOT;
        KINDS['%'] = ESCAPE;
        KINDS[';'] = PARAMETER;
    }

    /// Reads a path. Both forms are the same string where the path has them already.
    ///
    /// @param raw as received, begins with `/`, without query
    /// @return null where the path is invalid
    public static @Nullable RequestPath of(String raw) {
        boolean start = false; // whether the next character begins what some server may take for a segment
        boolean dots = false;
        boolean canonical = true;
        boolean slashes = false;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c >= KINDS.length) {
                return null;
            }
            switch (KINDS[c]) {
                case PLAIN -> start = false;
                case SLASH -> {
                    canonical &= i == 0 || raw.charAt(i - 1) != '/';
                    start = true;
                }
                case PARAMETER -> {
                    canonical = false;
                    start = false;
                }
                case DOT -> {
                    dots |= start;
                    start = false;
                }
                case ESCAPE -> {
                    int decoded = escape(raw, i);
                    if (decoded <= 0) {
                        return null;
                    }
                    canonical &= !CanonicalPath.isDecoded(decoded) && isCapital(raw, i + 1) && isCapital(raw, i + 2);
                    i += 2;
                    dots |= start && decoded == '.';
                    start = decoded == '/' || decoded == '\\';
                    slashes |= start;
                }
                default -> {
                    return null;
                }
            }
        }
        var forwarded = dots ? withoutDotSegments(raw) : raw;
        if (forwarded == null) {
            return null;
        }
        return new RequestPath(
                forwarded,
                canonical ? forwarded : CanonicalPath.of(forwarded),
                slashes && (!dots || hasEscapedSeparator(forwarded)));
    }

    /// The path with `/` in the place of encoded slashes and backslashes.
    RequestPath decoded() {
        var out = new StringBuilder(forwarded.length());
        for (int i = 0; i < forwarded.length(); i++) {
            if (isEscapedSeparator(forwarded, i)) {
                out.append('/');
                i += 2;
            } else {
                out.append(forwarded.charAt(i));
            }
        }
        var path = out.toString();
        return new RequestPath(path, CanonicalPath.of(path), false);
    }

    private static boolean isCapital(String raw, int at) {
        return raw.charAt(at) <= 'F';
    }

    /// Whether a query may be passed on: no control bytes, no space, nothing from 7F on, no `#`.
    public static boolean isQuery(String raw) {
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String withoutDotSegments(String raw) {
        var out = new StringBuilder(raw.length());
        boolean changed = false;
        int start = 1;
        while (true) {
            int slash = raw.indexOf('/', start);
            int end = slash < 0 ? raw.length() : slash;
            int dots = dots(raw, start, end);
            if (dots < 0) {
                return null;
            }
            if (dots == 0) {
                out.append('/').append(raw, start, end);
            } else {
                changed = true;
                if (dots == 2) {
                    out.setLength(Math.max(0, out.lastIndexOf("/")));
                }
                if (slash < 0) {
                    out.append('/');
                }
            }
            if (slash < 0) {
                return changed ? out.toString() : raw;
            }
            start = slash + 1;
        }
    }

    /// 1 or 2 where the segment is `.` or `..`; 0 where it is something else; -1 where that depends on the server.
    private static int dots(String raw, int from, int to) {
        boolean whole = true; // whether no escaped separator came yet
        int i = from;
        while (true) {
            int dots = 0;
            while (i < to && dots < 3) {
                if (raw.charAt(i) == '.') {
                    i++;
                } else if (raw.charAt(i) == '%' && escape(raw, i) == '.') {
                    i += 3;
                } else {
                    break;
                }
                dots++;
            }
            if (dots == 1 || dots == 2) {
                if (i == to) {
                    return whole ? dots : -1;
                }
                if (raw.charAt(i) == ';' || isEscapedSeparator(raw, i)) {
                    return -1;
                }
            }
            while (i < to && !isEscapedSeparator(raw, i)) {
                i++;
            }
            if (i == to) {
                return 0;
            }
            i += 3;
            whole = false;
        }
    }

    private static boolean hasEscapedSeparator(String path) {
        for (int i = 0; i < path.length(); i++) {
            if (isEscapedSeparator(path, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEscapedSeparator(String raw, int at) {
        if (raw.charAt(at) != '%') {
            return false;
        }
        int decoded = escape(raw, at);
        return decoded == '/' || decoded == '\\';
    }

    /// The byte that the escape at `at` stands for; -1 where two hex digits are missing.
    private static int escape(String raw, int at) {
        if (at + 2 >= raw.length()) {
            return -1;
        }
        int high = hexDigit(raw.charAt(at + 1));
        int low = hexDigit(raw.charAt(at + 2));
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }

    private static int hexDigit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
