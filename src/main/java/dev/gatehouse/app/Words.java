package dev.gatehouse.app;

import dev.gatehouse.config.IpLiteral;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collection;
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

    /// The known word that was probably meant: at most two slips of the finger away, and fewer than half its letters.
    static @Nullable String nearest(String word, Collection<String> known) {
        String nearest = null;
        var least = Math.min(3, Math.max(2, (word.length() + 1) / 2));
        for (var candidate : known) {
            var slips = slips(word, candidate);
            if (slips < least) {
                least = slips;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /// Letters added, left out, replaced, or swapped with their neighbour (optimal string alignment).
    private static int slips(String a, String b) {
        var table = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    table[i][j] = i + j;
                    continue;
                }
                var replaced = table[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                var best = Math.min(replaced, 1 + Math.min(table[i - 1][j], table[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, 1 + table[i - 2][j - 2]);
                }
                table[i][j] = best;
            }
        }
        return table[a.length()][b.length()];
    }
}
