package dev.gatehouse.header;

import dev.gatehouse.config.IpLiteral;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Who made or took a request, as `Forwarded` tells it (RFC 7239 §6).
///
/// @param address null where the node is not told
/// @param name the address's text without brackets, `unknown`, or an obfuscated name: `_hidden`
/// @param port 0–65535 without leading zeros, or an obfuscated one; null where none is told
public record ForwardedNode(
        @Nullable InetAddress address,
        String name,
        @Nullable String port) {
    static final String UNKNOWN = "unknown";

    static ForwardedNode of(InetAddress address) {
        return new ForwardedNode(address, IpLiteral.text(address), null);
    }

    /// Reads `192.0.2.1`, `[2001:db8::1]`, `unknown` or `_hidden`, each also with a port. An IPv6 address may do
    /// without its brackets; then all of the text is the address.
    ///
    /// @param text without the quotes
    /// @return null where the text is anything else
    public static @Nullable ForwardedNode parse(String text) {
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            if (close < 0 || text.lastIndexOf(':', close) < 0) {
                return null;
            }
            return withPort(text.substring(1, close), text, close + 1);
        }
        int colon = text.indexOf(':');
        boolean bare = colon >= 0 && text.indexOf(':', colon + 1) >= 0;
        int end = colon < 0 || bare ? text.length() : colon;
        return withPort(text.substring(0, end), text, end);
    }

    /// Appends it as a parameter's value, in quotes where it needs them.
    void appendTo(StringBuilder out) {
        boolean six = address instanceof Inet6Address;
        if (!six && port == null) {
            out.append(name);
            return;
        }
        out.append('"');
        if (six) {
            out.append('[').append(name).append(']');
        } else {
            out.append(name);
        }
        if (port != null) {
            out.append(':').append(port);
        }
        out.append('"');
    }

    private static @Nullable ForwardedNode withPort(String host, String text, int at) {
        String port = null;
        if (at < text.length()) {
            port = text.charAt(at) == ':' ? port(text.substring(at + 1)) : null;
            if (port == null) {
                return null;
            }
        }
        var address = IpLiteral.parse(host);
        if (address != null) {
            return new ForwardedNode(address, IpLiteral.text(address), port);
        }
        if (host.equalsIgnoreCase(UNKNOWN)) {
            return new ForwardedNode(null, UNKNOWN, port);
        }
        return isObfuscated(host) ? new ForwardedNode(null, host, port) : null;
    }

    private static @Nullable String port(String text) {
        if (isObfuscated(text)) {
            return text;
        }
        if (text.isEmpty() || text.length() > 5) {
            return null;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
            number = 10 * number + c - '0';
        }
        return number <= 65_535 ? Integer.toString(number) : null;
    }

    /// RFC 7239 §6.3.
    private static boolean isObfuscated(String text) {
        if (text.length() < 2 || text.charAt(0) != '_') {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            int lower = c | 0x20;
            boolean alphanumeric = (c < 0x80 && lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
            if (!alphanumeric && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }
}
