package dev.gatehouse.route;

import dev.gatehouse.config.AppConfig;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds what serves a host name: the exact name first, then `*.` and what follows the name's first label. As in
/// certificates (RFC 9525 §6.3), the wildcard stands for exactly one label. Immutable.
final class HostTable<T> {
    private final Map<String, T> exact = new HashMap<>();
    private final Map<String, T> byParent = new HashMap<>();

    /// @param names lower case, each an exact name or `*.` and a name
    HostTable(Map<String, T> names) {
        names.forEach((name, value) -> {
            if (isWildcard(name)) {
                byParent.put(name.substring(2), value);
            } else {
                exact.put(name, value);
            }
        });
    }

    static boolean isWildcard(String name) {
        return name.startsWith("*.");
    }

    /// The app's first name that is no wildcard; its first name where all are.
    static String exactName(AppConfig app) {
        for (var name : app.serverNames()) {
            if (!isWildcard(name)) {
                return name;
            }
        }
        return app.serverName();
    }

    /// @param host as [Authority#host()] tells it
    @Nullable
    T find(String host) {
        var found = exact.get(host);
        if (found != null || byParent.isEmpty()) {
            return found;
        }
        int dot = host.indexOf('.');
        return dot > 0 ? byParent.get(host.substring(dot + 1)) : null;
    }
}
