package dev.gatehouse.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The `location` of an upstream.
///
/// @param host lower case, IPv6 without brackets
/// @param port null where it was left away
record Location(String host, @Nullable Integer port) {
    /// Reads `host`, `host:port`, `[v6]` or `[v6]:port`.
    static Location parse(String text) throws BadValue {
        if (text.isEmpty()) {
            throw new BadValue("the location is empty", "\"host\" or \"host:port\"");
        }
        refuseUrl(text);
        if (text.startsWith("[")) {
            return bracketed(text);
        }
        int colon = text.indexOf(':');
        if (colon != text.lastIndexOf(':')) {
            throw bad(
                    text,
                    "more than one colon",
                    Addresses.v6OrNull(text) != null ? "an IPv6 address needs brackets: \"[" + text + "]\"" : null);
        }
        var host = colon < 0 ? text : text.substring(0, colon);
        checkHost(text, host);
        return new Location(host.toLowerCase(Locale.ROOT), colon < 0 ? null : port(text, text.substring(colon + 1)));
    }

    private static void refuseUrl(String text) throws BadValue {
        int scheme = text.indexOf("://");
        if (scheme >= 0) {
            var rest = text.substring(scheme + 3);
            int end = 0;
            while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
                end++;
            }
            var host = rest.substring(0, end);
            throw bad(
                    text,
                    "a location has no scheme",
                    switch (text.substring(0, scheme).toLowerCase(Locale.ROOT)) {
                        case "http", "ws", "h2c" -> "location = " + Words.quote(host);
                        case "https", "wss" -> "location = " + Words.quote(host) + ", tls = true";
                        default -> "only HTTP upstreams over TCP are possible";
                    });
        }
        if (text.startsWith("unix:") || text.startsWith("/")) {
            throw bad(text, "UNIX sockets are not supported", "\"host:port\"");
        }
        if (text.indexOf('@') >= 0) {
            throw bad(text, "a location has no user", Words.quote(text.substring(text.lastIndexOf('@') + 1)));
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '/' || c == '?' || c == '#' || c == '\\') {
                throw bad(
                        text,
                        c == '?' ? "a location has no query" : "a location has no path",
                        Words.quote(text.substring(0, i)) + (c == '/' ? "; replace_path changes the path" : ""));
            }
        }
    }

    private static Location bracketed(String text) throws BadValue {
        int close = text.indexOf(']');
        var address = close < 0 ? null : Addresses.v6OrNull(text.substring(1, close));
        if (address == null) {
            throw bad(text, "no IPv6 address in the brackets", "\"[2001:db8::1]:8080\"");
        }
        var host = text.substring(1, close).toLowerCase(Locale.ROOT);
        var rest = text.substring(close + 1);
        if (rest.isEmpty()) {
            return new Location(host, null);
        }
        if (!rest.startsWith(":")) {
            throw bad(text, "only a port may follow the brackets", "\"[2001:db8::1]:8080\"");
        }
        return new Location(host, port(text, rest.substring(1)));
    }

    private static void checkHost(String text, String host) throws BadValue {
        if (host.isEmpty()) {
            throw bad(text, "no host", "\"host:port\"");
        }
        // A dot at the end keeps the resolver from trying its search domains.
        var name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (!ServerName.isAllNumeric(ServerName.lastLabel(name))) {
            ServerName.checkLabels(host, name, true);
        } else if (Addresses.v4OrNull(host) == null) {
            throw bad(text, "neither a name nor an IPv4 address", null);
        }
    }

    private static int port(String text, String digits) throws BadValue {
        if (digits.isEmpty() || digits.length() > 5 || !ServerName.isAllNumeric(digits)) {
            throw bad(text, Words.quote(digits) + " is not a port", "1 to 65535");
        }
        int port = Integer.parseInt(digits);
        if (port < 1 || port > 65_535) {
            throw new BadValue(Code.OUT_OF_RANGE, Words.quote(text) + ": " + port + " is not a port", "1 to 65535");
        }
        return port;
    }

    private static BadValue bad(String text, String reason, @Nullable String hint) {
        return new BadValue(Words.quote(text) + ": " + reason, hint);
    }
}
