package dev.gatehouse.app;

import dev.gatehouse.config.IpLiteral;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Small pieces of messages.
final class Words {
    private Words() {}

    /// `1 app`, `2 apps`
    static String count(int number, String word) {
        return number + " " + word + (number == 1 ? "" : "s");
    }

    /// `one, two`; `none` for what is no list, or an empty one.
    static String list(@Nullable Object value) {
        return value instanceof List<?> words && !words.isEmpty()
                ? words.stream().map(String::valueOf).collect(Collectors.joining(", "))
                : "none";
    }

    /// `127.0.0.1:8080`, `[::1]:8080`
    static String address(InetSocketAddress address) {
        return IpLiteral.text(address);
    }

    /// The addresses of this host that are of the same family, for hints.
    static String ownAddresses(Class<? extends InetAddress> family) {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(family::isInstance)
                    .filter(address -> !address.isLinkLocalAddress())
                    .map(IpLiteral::text)
                    .distinct()
                    .sorted()
                    .limit(8)
                    .collect(Collectors.joining(", "));
        } catch (SocketException _) {
            return "unknown";
        }
    }
}
