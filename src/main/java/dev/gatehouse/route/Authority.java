package dev.gatehouse.route;

import dev.gatehouse.config.IpLiteral;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The host a request names, in the form that is compared: from a Host field (RFC 9110 §7.2), `:authority`, or an
/// absolute request target.
///
/// @param host lower case, without a trailing dot; an IPv6 address without its brackets
/// @param port 1–65535; null where none was given
public record Authority(String host, @Nullable Integer port) {
    /// Characters that an authority may have.
    public static final int MAX_LENGTH = 255;

    /// Reads `host`, `host:port` or `[v6]:port` (RFC 3986 §3.2). A host is an IPv4 or bracketed IPv6 address,
    /// or non-empty labels of letters, digits, `-` and `_`: what is left of the grammar names no host in the
    /// world, and would separate things in `Forwarded` or X-Forwarded-Host. No userinfo. An empty port (`host:`)
    /// is no port.
    ///
    /// @return null where the value is anything else
    public static @Nullable Authority parse(String value) {
        int length = value.length();
        if (length == 0 || length > MAX_LENGTH) {
            return null;
        }
        if (value.charAt(0) == '[') {
            int close = value.indexOf(']');
            return close > 0 && IpLiteral.isIpv6(value, 1, close) ? withPort(value, 1, close, close + 1) : null;
        }
        int end = 0;
        int label = 0;
        while (end < length && value.charAt(end) != ':') {
            char c = value.charAt(end);
            if (c == '.') {
                if (end == label) {
                    return null;
                }
                label = end + 1;
            } else if (!isOfName(c)) {
                return null;
            }
            end++;
        }
        int last = label == end ? end - 1 : end; // behind the trailing dot
        return end == 0 ? null : withPort(value, 0, last, end);
    }

    /// Whether both mean the same server; a port that only one of them tells makes no difference.
    boolean agreesWith(Authority other) {
        return host.equals(other.host) && (port == null || other.port == null || port.equals(other.port));
    }

    private static @Nullable Authority withPort(String value, int from, int to, int colon) {
        int length = value.length();
        Integer port = null;
        if (colon < length) {
            if (value.charAt(colon) != ':' || length - colon > 6) {
                return null;
            }
            int number = 0;
            for (int i = colon + 1; i < length; i++) {
                char c = value.charAt(i);
                if (c < '0' || c > '9') {
                    return null;
                }
                number = 10 * number + c - '0';
            }
            if (colon + 1 < length) {
                if (number == 0 || number > 65_535) {
                    return null;
                }
                port = number;
            }
        }
        return new Authority(lowerCase(value, from, to), port);
    }

    private static String lowerCase(String value, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = value.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                return value.substring(from, to).toLowerCase(Locale.ROOT);
            }
        }
        return value.substring(from, to);
    }

    private static boolean isOfName(char c) {
        int lower = c | 0x20;
        return (c < 0x80 && lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
}
