package dev.gatehouse.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The published networks of providers that stand in front of web servers, by alias. A list in the program; nothing is
/// fetched.
public final class ProviderNetworks {
    private static final Map<String, List<String>> BY_ALIAS = read("provider-networks.txt");

    private ProviderNetworks() {}

    /// The known aliases in alphabetical order, lower case.
    public static Set<String> aliases() {
        return BY_ALIAS.keySet();
    }

    /// The networks of an alias in any case; null where it is none.
    public static @Nullable List<String> of(String alias) {
        return BY_ALIAS.get(alias.toLowerCase(Locale.ROOT));
    }

    private static Map<String, List<String>> read(String resource) {
        var networks = new TreeMap<String, List<String>>();
        try (var in = Objects.requireNonNull(ProviderNetworks.class.getResourceAsStream(resource), resource);
                var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            var current = new ArrayList<String>();
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("[")) {
                    current = new ArrayList<>();
                    networks.put(line.substring(1, line.length() - 1), current);
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    current.add(line);
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        networks.replaceAll((_, list) -> List.copyOf(list));
        return Collections.unmodifiableMap(networks);
    }
}
