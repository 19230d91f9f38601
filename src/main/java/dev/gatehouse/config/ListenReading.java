package dev.gatehouse.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes what the outermost table says of where clients connect.
final class ListenReading {
    private static final String V4 = "listen_address_v4";

    private final Node root;
    private final Problems problems;

    ListenReading(Node root, Problems problems) {
        this.root = root;
        this.problems = problems;
    }

    ListenConfig config() {
        var port = root.integerOrNull("listen_port");
        var tlsPort = root.integerOrNull("listen_port_tls");
        if (!root.has("listen_port") && !root.has("listen_port_tls")) {
            problems.error(
                    Code.MISSING_KEY,
                    "listen_port",
                    "at least one of listen_port and listen_port_tls must be set",
                    "listen_port = 8080");
        } else if (port != null && port.equals(tlsPort)) {
            problems.error(
                    Code.CONFLICT,
                    "listen_port_tls",
                    "the same port as listen_port at " + problems.at("listen_port"),
                    "choose another one");
        }
        needs("public_https_port", "listen_port_tls");
        needs("public_http_port", "listen_port");
        return new ListenConfig(
                number(port),
                number(tlsPort),
                addresses(),
                root.integer("tcp_listen_backlog"),
                tlsPort == null
                        ? null
                        : root.has("public_https_port")
                                ? number(root.integerOrNull("public_https_port"))
                                : number(tlsPort),
                number(root.integerOrNull("public_http_port")));
    }

    private void needs(String key, String port) {
        if (root.has(key) && !root.has(port)) {
            problems.error(Code.CONFLICT, key, "only possible with " + port, "set " + port);
        }
    }

    static @Nullable Integer number(@Nullable Long value) {
        return value == null ? null : value.intValue();
    }

    private List<InetAddress> addresses() {
        var addresses = new ArrayList<InetAddress>();
        if (isOff()) {
            if (!root.has("listen_address_v6") && !root.flag("listen_ipv6")) {
                problems.error(Code.CONFLICT, V4, "no address is left to listen on", "listen_ipv6 = true");
            }
        } else if (root.has(V4)) {
            addresses.addAll(addresses(V4, Addresses::v4));
        } else {
            addresses.add(Objects.requireNonNull(Addresses.v4OrNull("0.0.0.0")));
        }
        if (root.has("listen_address_v6")) {
            addresses.addAll(addresses("listen_address_v6", Addresses::v6));
        } else if (root.flag("listen_ipv6")) {
            addresses.add(Objects.requireNonNull(Addresses.v6OrNull("::")));
        }
        return addresses;
    }

    /// Whether there is nothing to listen on for IPv4.
    private boolean isOff() {
        var items = root.items(V4);
        return items.size() == 1 && items.getFirst().value().equals("off");
    }

    private List<InetAddress> addresses(String name, Node.Parser<? extends InetAddress> parser) {
        var byAddress = new LinkedHashMap<InetAddress, Node.Item>();
        for (var item : root.items(name)) {
            InetAddress address = root.parse(item, parser);
            if (address != null) {
                byAddress.putIfAbsent(address, item);
            }
        }
        byAddress.forEach((address, item) -> {
            if (address.isAnyLocalAddress() && byAddress.size() > 1) {
                problems.error(
                        Code.CONFLICT,
                        item.path(),
                        Words.quote(item.value()) + " means every address, so no other can stand beside it",
                        "remove it, or the others");
            }
        });
        return List.copyOf(byAddress.keySet());
    }
}
