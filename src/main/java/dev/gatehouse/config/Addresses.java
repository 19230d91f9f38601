package dev.gatehouse.config;

import java.net.Inet4Address;
import java.net.Inet6Address;
import org.jspecify.annotations.Nullable;

/// IP address literals. Nothing here asks DNS.
final class Addresses {
    private Addresses() {}

    /// Four decimal numbers without leading zeros.
    static Inet4Address v4(String text) throws BadValue {
        var address = v4OrNull(text);
        if (address == null) {
            throw new BadValue(
                    Words.quote(text) + " is not an IPv4 address",
                    text.indexOf(':') >= 0 ? "IPv6 addresses belong in listen_address_v6" : null);
        }
        return address;
    }

    static @Nullable Inet4Address v4OrNull(String text) {
        return IpLiteral.parseIpv4(text);
    }

    /// With or without square brackets, without a zone.
    static Inet6Address v6(String text) throws BadValue {
        var bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        var address = v6OrNull(bare);
        if (address == null) {
            throw new BadValue(
                    Words.quote(text) + " is not an IPv6 address",
                    v4OrNull(text) != null ? "IPv4 addresses belong in listen_address_v4" : null);
        }
        return address;
    }

    /// Without brackets.
    static @Nullable Inet6Address v6OrNull(String text) {
        if (text.indexOf(':') < 0 || text.indexOf('%') >= 0) {
            return null;
        }
        try {
            // An IPv4-mapped literal becomes an Inet4Address.
            return Inet6Address.ofLiteral(text) instanceof Inet6Address address ? address : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
