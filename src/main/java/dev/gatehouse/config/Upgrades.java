package dev.gatehouse.config;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The protocols for which a connection may leave HTTP (RFC 9110 §7.8).
///
/// @param names lower case, with or without a version; null is any
public record Upgrades(@Nullable Set<String> names) {
    /// What holds where the file says nothing.
    public static final Upgrades ANY = new Upgrades(null);

    private static final String TOKEN = "!#$%&'*+-.^_`|~/";

    public Upgrades {
        names = names == null ? null : Set.copyOf(names);
    }

    /// Whether the protocol, a name with or without a version, may be switched to.
    public boolean allow(String protocol) {
        if (isHttp(protocol)) {
            return false;
        }
        return names == null
                || names.contains(protocol.toLowerCase(Locale.ROOT))
                || names.contains(name(protocol).toLowerCase(Locale.ROOT));
    }

    /// A protocol without its version.
    public static String name(String protocol) {
        int version = protocol.indexOf('/');
        return version < 0 ? protocol : protocol.substring(0, version);
    }

    /// Whether requests would go on behind the switch, unseen by the routes: HTTP/2 in plaintext (RFC 7540 §3.2), any
    /// other version, and TLS with it inside (RFC 2817).
    private static boolean isHttp(String protocol) {
        return switch (name(protocol).toLowerCase(Locale.ROOT)) {
            case "h2c", "h2", "http", "tls" -> true;
            default -> false;
        };
    }

    static String parse(String text) throws BadValue {
        boolean token = !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c >= '0' && c <= '9')
                                || (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || TOKEN.indexOf(c) >= 0);
        if (!token) {
            throw new BadValue(Words.quote(text) + " is no protocol", "such as \"websocket\" or \"SPDY/3.1\"");
        }
        if (isHttp(text)) {
            throw new BadValue(
                    Words.quote(text) + " would carry requests past the routes; it never passes", "remove it");
        }
        return text.toLowerCase(Locale.ROOT);
    }
}
