package dev.gatehouse.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The keys that a table may hold.
///
/// @param name how the manual heads it: `apps.NAME.tls`; "" for the outermost
/// @param header how it is written in a file: `[apps.NAME.tls]`
/// @param help what it is for
public record KeyTable(String name, String header, String help, List<Key> keys) {
    public KeyTable {
        keys = List.copyOf(keys);
    }

    static KeyTable of(String name, String header, String help, Key... keys) {
        return new KeyTable(name, header, help, List.of(keys));
    }

    /// The key of that name, or null.
    public @Nullable Key find(String keyName) {
        for (var key : keys) {
            if (key.name().equals(keyName) || keyName.equals(key.otherName())) {
                return key;
            }
        }
        return null;
    }

    /// The names worth suggesting.
    List<String> names() {
        return keys.stream()
                .filter(key -> key.state() != Key.State.REMOVED)
                .map(Key::name)
                .toList();
    }

    @Override
    public String toString() {
        return header;
    }
}
