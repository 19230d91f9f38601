package dev.gatehouse.config;

import dev.gatehouse.config.Problem.Place;
import dev.gatehouse.config.Problem.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Collects what is wrong while a file is read, and where its keys stand. One reading, one thread.
final class Problems {
    static final Comparator<Problem> BY_PLACE = Comparator.comparingInt((Problem problem) ->
                    problem.place() == null ? 0 : problem.place().line())
            .thenComparingInt(
                    problem -> problem.place() == null ? 0 : problem.place().column());

    /// More than anyone reads; a file of nonsense should not fill memory.
    private static final int MOST = 1000;

    private final Path file;
    private final Map<String, Place> places = new HashMap<>();
    private final Map<String, Place> otherPaths = new HashMap<>();
    private final List<Problem> found = new ArrayList<>();
    private final List<ConfigSource.Use> unbuilt = new ArrayList<>();
    private boolean errors;

    Problems(Path file) {
        this.file = file;
    }

    void stands(String key, Place place) {
        places.put(key, place);
        var canonical = canonical(key);
        if (!canonical.equals(key)) {
            otherPaths.putIfAbsent(canonical, place);
        }
    }

    /// Without `experimental`, with the newer name, the app in lower case.
    private static String canonical(String key) {
        var path = key.startsWith("experimental.") ? key.substring("experimental.".length()) : key;
        if (path.startsWith("tcp_recv_proxy_protocol")) {
            return path.substring("tcp_recv_".length());
        }
        if (path.startsWith("apps.")) {
            int end = path.indexOf('.', "apps.".length());
            return end < 0
                    ? path.toLowerCase(Locale.ROOT)
                    : path.substring(0, end).toLowerCase(Locale.ROOT) + path.substring(end);
        }
        return path;
    }

    void error(Code code, String key, String message, @Nullable String hint) {
        errors = true;
        add(new Problem(Severity.ERROR, code.text(), ConfigSource.find(places, key), key, message, hint));
    }

    void error(String key, BadValue bad) {
        error(bad.code(), key, bad.reason(), bad.hint());
    }

    void warning(Code code, String key, String message, @Nullable String hint) {
        add(new Problem(Severity.WARNING, code.text(), ConfigSource.find(places, key), key, message, hint));
    }

    /// An error of the file itself.
    void error(Code code, @Nullable Place place, String message, @Nullable String hint) {
        errors = true;
        add(new Problem(Severity.ERROR, code.text(), place, null, message, hint));
    }

    private void add(Problem problem) {
        if (found.size() < MOST) {
            found.add(problem);
        }
    }

    /// Remembers that the file asks for something this version lacks.
    ///
    /// @param feature null where it does not
    void notBuilt(String key, @Nullable Unbuilt feature) {
        if (feature != null) {
            unbuilt.add(new ConfigSource.Use(key, feature.feature()));
        }
    }

    /// `config.toml:12:1`, for messages that name a second place.
    String at(String key) {
        var place = ConfigSource.find(places, key);
        return place == null ? file.toString() : at(place.line(), place.column());
    }

    String at(int line, int column) {
        return file + ":" + line + ":" + column;
    }

    boolean hasErrors() {
        return errors;
    }

    /// Drops complaints about what is absent: where a table was given twice, its second half was not read.
    void forgetMissing() {
        found.removeIf(problem -> problem.code().equals(Code.MISSING_KEY.text()));
    }

    ConfigSource source(List<String> lines) {
        var all = new HashMap<>(otherPaths);
        all.putAll(places);
        return new ConfigSource(file, lines, all, unbuilt);
    }

    ConfigResult result(@Nullable GatehouseConfig config, List<String> lines) {
        found.sort(BY_PLACE);
        return new ConfigResult(errors ? null : config, found, source(lines), config);
    }
}
