package dev.gatehouse.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

/// A set of IP networks. Immutable. Two sets are equal when they hold the same addresses.
public final class CidrSet {
    /// Contains nothing.
    public static final CidrSet EMPTY = new CidrSet(List.of());

    private final List<String> networks;
    private final IpRanges four;
    private final IpRanges six;

    private CidrSet(Collection<Network> networks) {
        this.networks = networks.stream().map(Network::toString).distinct().toList();
        four = IpRanges.of(networks.stream().filter(network -> !network.six).map(Network::range));
        six = IpRanges.of(networks.stream().filter(Network::six).map(Network::range));
    }

    /// The set of the entries: networks (`10.0.0.0/8`, host bits may be set), addresses, and the aliases of
    /// [ProviderNetworks] in any case. Blanks around an entry do not matter.
    ///
    /// @throws IllegalArgumentException for the first bad entry; the message names it
    public static CidrSet parse(Collection<String> entries) {
        var networks = new LinkedHashSet<Network>();
        for (var entry : entries) {
            var text = entry.strip();
            var ofProvider = ProviderNetworks.of(text);
            if (ofProvider != null) {
                ofProvider.forEach(network -> networks.add(network(network)));
            } else if (text.indexOf('/') < 0 && IpLiteral.parse(text) == null) {
                throw new IllegalArgumentException("'%s' is no network, no address, and none of %s"
                        .formatted(entry, String.join(", ", ProviderNetworks.aliases())));
            } else {
                networks.add(network(text));
            }
        }
        return new CidrSet(networks);
    }

    /// As [#parse(Collection)], without the aliases.
    ///
    /// @throws IllegalArgumentException for the first bad entry; the message names it
    public static CidrSet parseNetworks(Collection<String> entries) {
        var networks = new ArrayList<Network>();
        entries.forEach(entry -> networks.add(network(entry.strip())));
        return new CidrSet(networks);
    }

    /// Whether the address lies in one of the networks; an IPv4-mapped IPv6 address counts as IPv4.
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return four.contains(0, unsigned(bytes, 0, 4));
        }
        long high = unsigned(bytes, 0, 8);
        long low = unsigned(bytes, 8, 8);
        boolean mapped = high == 0 && (low >>> 32) == 0xffff;
        return mapped ? four.contains(0, low & 0xffff_ffffL) : six.contains(high, low);
    }

    /// Whether no address lies in it.
    public boolean isEmpty() {
        return networks.isEmpty();
    }

    /// The networks as they were given, aliases expanded, host bits cleared, without duplicates: `10.0.0.0/8`.
    public List<String> networks() {
        return networks;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CidrSet set && four.equals(set.four) && six.equals(set.six);
    }

    @Override
    public int hashCode() {
        return 31 * four.hashCode() + six.hashCode();
    }

    @Override
    public String toString() {
        return networks.toString();
    }

    private static Network network(String text) {
        int slash = text.indexOf('/');
        var address = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash));
        if (address == null) {
            throw new IllegalArgumentException("'%s' is neither a network nor an address".formatted(text));
        }
        byte[] bytes = address.getAddress();
        boolean six = bytes.length == 16;
        int width = 8 * bytes.length;
        int prefix = slash < 0 ? width : prefix(text, slash + 1);
        if (!six && slash >= 0 && text.indexOf(':') >= 0) {
            prefix -= 96; // ::ffff:10.0.0.0/104 is 10.0.0.0/8
        }
        if (prefix < 0 || prefix > width) {
            throw new IllegalArgumentException(
                    "'%s' is no network: its prefix length must be in 0–%d".formatted(text, width));
        }
        return six
                ? Network.six(unsigned(bytes, 0, 8), unsigned(bytes, 8, 8), prefix)
                : Network.four(unsigned(bytes, 0, 4), prefix);
    }

    private static int prefix(String text, int from) {
        int value = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || i - from == 3) {
                return -1;
            }
            value = 10 * value + c - '0';
        }
        return from == text.length() ? -1 : value;
    }

    private static long unsigned(byte[] bytes, int from, int length) {
        long value = 0;
        for (int i = from; i < from + length; i++) {
            value = (value << 8) | (bytes[i] & 0xff);
        }
        return value;
    }

    /// `high` and `low` are the halves of the first address; IPv4 fills the lower 32 bits of `low`.
    private record Network(boolean six, long high, long low, int prefix) {
        static Network four(long bits, int prefix) {
            return new Network(false, 0, bits & ~mask(32 - prefix), prefix);
        }

        static Network six(long high, long low, int prefix) {
            return new Network(true, high & ~mask(64 - prefix), low & ~mask(128 - prefix), prefix);
        }

        IpRanges.Range range() {
            return six
                    ? new IpRanges.Range(high, low, high | mask(64 - prefix), low | mask(128 - prefix))
                    : new IpRanges.Range(0, low, 0, low | mask(32 - prefix));
        }

        /// The lowest `bits` bits set; none below 1, all above 63.
        private static long mask(int bits) {
            return bits <= 0 ? 0 : bits >= 64 ? -1 : (1L << bits) - 1;
        }

        @Override
        public String toString() {
            byte[] bytes = new byte[six ? 16 : 4];
            for (int i = 0; i < bytes.length; i++) {
                int fromEnd = bytes.length - 1 - i;
                bytes[i] = (byte) ((fromEnd < 8 ? low : high) >>> (8 * (fromEnd % 8)));
            }
            try {
                return IpLiteral.text(InetAddress.getByAddress(bytes)) + "/" + prefix;
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
