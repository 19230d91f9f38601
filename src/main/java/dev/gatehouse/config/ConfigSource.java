package dev.gatehouse.config;

import dev.gatehouse.config.Problem.Place;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The text of a configuration file and where each of its keys stands. Immutable.
public final class ConfigSource {
    private final Path file;
    private final List<String> lines;
    private final Map<String, Place> places;
    private final List<Use> unbuilt;

    /// A feature that the file uses and this version lacks.
    record Use(String key, String feature) {}

    ConfigSource(Path file, List<String> lines, Map<String, Place> places, List<Use> unbuilt) {
        this.file = file;
        this.lines = List.copyOf(lines);
        this.places = Map.copyOf(places);
        this.unbuilt = List.copyOf(unbuilt);
    }

    /// As it was named to the reader; reports name it so.
    public Path file() {
        return file;
    }

    /// Without line ends; empty where the file was not read.
    public List<String> lines() {
        return lines;
    }

    /// Where a key stands, or, where it was not written, the nearest table around it.
    ///
    /// App names are lower case, as in [AppConfig#name()]. What stands under `experimental` is found with and
    /// without that prefix.
    ///
    /// @param key dotted, as in `apps.shop.reverse_proxy[0].upstream[1].location`
    /// @return null where not even a table around it was written
    public @Nullable Place place(String key) {
        return find(places, key);
    }

    /// Whether the key itself was written.
    boolean isWritten(String key) {
        return places.containsKey(key);
    }

    static @Nullable Place find(Map<String, Place> places, String key) {
        for (var path = key; !path.isEmpty(); path = parent(path)) {
            var place = places.get(path);
            if (place != null) {
                return place;
            }
        }
        return null;
    }

    private static String parent(String path) {
        int cut = Math.max(path.lastIndexOf('.'), path.endsWith("]") ? path.lastIndexOf('[') : -1);
        return cut < 0 ? "" : path.substring(0, cut);
    }

    List<Use> unbuilt() {
        return unbuilt;
    }
}
