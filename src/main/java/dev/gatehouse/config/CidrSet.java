package dev.gatehouse.config;

import java.net.InetAddress;
import java.util.List;

/// A set of IP networks. Immutable.
public final class CidrSet {
    /// Contains nothing.
    public static final CidrSet EMPTY = new CidrSet(List.of());

    private final List<String> networks;

    private CidrSet(List<String> networks) {
        this.networks = networks;
    }

    /// Whether the address lies in one of the networks.
    public boolean contains(InetAddress address) {
        return networks.contains(address.getHostAddress());
    }
}
