package dev.gatehouse.config;

import dev.gatehouse.config.Problem.Severity;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What this version reads and cannot do yet. A start with it is refused: silence would be worse.
///
/// This is the one list: the reader refuses what is in it; manual, schema, example and README say so.
/// Whoever builds one of them removes it here.
public enum Unbuilt {
    HTTP3("HTTP/3", "h3", null),
    CACHE("the cache", "cache", null),
    PROXY_PROTOCOL("the PROXY protocol", "proxy_protocol", null),
    HEALTH_CHECK("health checking", "health_check", null),
    STICKY("load_balance = \"sticky\"", null, LoadBalance.STICKY),
    PRIMARY_BACKUP("load_balance = \"primary_backup\"", null, LoadBalance.PRIMARY_BACKUP);

    private final String feature;
    private final @Nullable String key;
    private final @Nullable LoadBalance balance;

    /// @param key of the table that asks for it
    /// @param balance or the word that does
    Unbuilt(String feature, @Nullable String key, @Nullable LoadBalance balance) {
        this.feature = feature;
        this.key = key;
        this.balance = balance;
    }

    /// As a message names it.
    String feature() {
        return feature;
    }

    /// Null where the key's feature is built.
    static @Nullable Unbuilt of(String key) {
        return Stream.of(values())
                .filter(feature -> key.equals(feature.key))
                .findFirst()
                .orElse(null);
    }

    /// Null where this kind of balancing is built.
    static @Nullable Unbuilt of(LoadBalance balance) {
        return Stream.of(values())
                .filter(feature -> feature.balance == balance)
                .findFirst()
                .orElse(null);
    }

    /// Null where the feature of which the table is a part is built.
    static @Nullable Unbuilt of(KeyTable table) {
        return of(table.name().substring(table.name().lastIndexOf('.') + 1));
    }

    /// What documents say beside it.
    String sentence() {
        return "Not built yet: a configuration with " + feature + " is refused.";
    }

    /// What the README says; "" where there is nothing to say.
    public static String summary() {
        return values().length == 0
                ? ""
                : "Not built yet, and refused where a configuration asks for it: "
                        + Stream.of(values()).map(Unbuilt::markdown).collect(Collectors.joining(", "))
                        + ".";
    }

    private static String markdown(Unbuilt feature) {
        return feature.balance == null ? feature.feature : '`' + feature.feature + '`';
    }

    /// One error for each use, at its place; also where the file has errors of its own.
    public static List<Problem> problems(ConfigResult result) {
        var source = result.source();
        return source.unbuilt().stream()
                .map(use -> new Problem(
                        Severity.ERROR,
                        Code.NOT_BUILT.text(),
                        source.place(use.key()),
                        use.key(),
                        use.feature() + " is not built into this version yet",
                        "remove it to start"))
                .toList();
    }
}
