package dev.gatehouse.config;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// A set of IP networks. Immutable.
public final class CidrSet {
    /// Contains nothing.
    public static final CidrSet EMPTY = new CidrSet(List.of());

    private final List<String> networks;

    private CidrSet(List<String> networks) {
        this.networks = networks;
    }

    /// Networks and aliases.
    public static CidrSet parse(Collection<String> entries) {
        return parseNetworks(entries.stream()
                .filter(entry -> !List.of("cloudflare", "cloudfront", "fastly")
                        .contains(entry.strip().toLowerCase(Locale.ROOT)))
                .toList());
    }

    /// Networks.
    public static CidrSet parseNetworks(Collection<String> entries) {
        for (var entry : entries) {
            int slash = entry.indexOf('/');
            var address = slash < 0 ? entry : entry.substring(0, slash);
            boolean four = Addresses.v4OrNull(address) != null;
            if (slash < 0 || (!four && Addresses.v6OrNull(address) == null)) {
                throw new IllegalArgumentException(entry);
            }
            int length = Integer.parseInt(entry.substring(slash + 1));
            if (length < 0 || length > (four ? 32 : 128)) {
                throw new IllegalArgumentException(entry);
            }
        }
        return new CidrSet(List.copyOf(entries));
    }

    /// Whether the address lies in one of the networks.
    public boolean contains(InetAddress address) {
        return networks.contains(address.getHostAddress());
    }
}
