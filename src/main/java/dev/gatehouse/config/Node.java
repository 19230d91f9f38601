package dev.gatehouse.config;

import dev.gatehouse.config.Problem.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/// One table of the file, read by its [KeyTable]: every value here has the right type and range.
///
/// Making one reports everything that the model alone can tell: unknown, missing, removed and deprecated keys, wrong
/// types, values out of range. A refused value counts as absent afterwards, so that it is reported once.
final class Node {
    private final KeyTable model;
    private final String path;
    private final Problems problems;
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, String> paths = new HashMap<>();
    private final Set<String> mistyped = new HashSet<>();

    /// An element of a list, with its own place.
    record Item(String path, String value) {}

    Node(KeyTable model, @Nullable TomlTable table, String path, Problems problems) {
        this.model = model;
        this.path = path;
        this.problems = problems;
        if (table != null) {
            table.keySet().forEach(name -> read(name, table));
        }
        for (var key : model.keys()) {
            if (key.state() == Key.State.REQUIRED && !paths.containsKey(key.name()) && !mistyped.contains(key.name())) {
                problems.error(Code.MISSING_KEY, Words.join(path, key.name()), "missing", key.summary());
            }
        }
    }

    private void read(String name, TomlTable table) {
        var at = Words.join(path, name);
        var place = place(table.inputPositionOf(List.of(name)));
        if (place != null) {
            problems.stands(at, place);
        }
        var key = model.find(name);
        if (key == null) {
            var near = SpellingSuggestion.nearest(name, model.names());
            if (near != null) {
                mistyped.add(near);
            }
            problems.error(Code.UNKNOWN_KEY, at, "unknown key", Keys.hintForUnknown(model, name));
            return;
        }
        var before = paths.putIfAbsent(key.name(), at);
        if (before != null) {
            problems.error(
                    Code.DUPLICATE_KEY,
                    at,
                    "this is another name of " + before + ", which stands at " + problems.at(before),
                    "remove one of them");
            return;
        }
        if (key.state() == Key.State.REMOVED) {
            problems.error(Code.REMOVED_KEY, at, "this key was removed", key.stateHint());
            return;
        }
        if (key.state() == Key.State.DEPRECATED) {
            problems.warning(Code.DEPRECATED_KEY, at, "this key is deprecated", key.stateHint());
        }
        var value = value(key.type(), at, Objects.requireNonNull(table.get(List.of(name))));
        if (value != null) {
            values.put(key.name(), value);
        }
    }

    private @Nullable Object value(KeyType type, String at, Object toml) {
        try {
            return switch (type) {
                case KeyType.Scalar scalar -> scalar.read(toml);
                case KeyType.Many many -> list(many, at, toml);
                case KeyType.Sub(var table) -> new Node(table, table(toml, table, at), at, problems);
                case KeyType.FlagOrSub(var table) ->
                    switch (toml) {
                        case Boolean on -> on ? new Node(table, null, at, problems) : false;
                        case TomlTable found -> new Node(table, found, at, problems);
                        default ->
                            throw KeyType.wrongType(toml, "true, false or a table", "write true, or " + table.header());
                    };
                case KeyType.Entries(var table) -> entries(table, at, toml);
                case KeyType.Named(var table) -> named(table, at, toml);
            };
        } catch (BadValue bad) {
            problems.error(at, bad);
            return null;
        }
    }

    private static TomlTable table(Object toml, KeyTable table, String at) throws BadValue {
        if (toml instanceof TomlTable found) {
            return found;
        }
        throw KeyType.wrongType(toml, "a table", "write " + header(table, at));
    }

    /// The table's header with the app's own name in it.
    private static String header(KeyTable table, String at) {
        int end = at.indexOf('.', "apps.".length());
        return at.startsWith("apps.") && at.indexOf('"') < 0 && end > 0
                ? table.header().replace("apps.NAME", at.substring(0, end))
                : table.header();
    }

    private List<Item> list(KeyType.Many many, String at, Object toml) throws BadValue {
        var items = new ArrayList<Item>();
        if (!(toml instanceof TomlArray array)) {
            if (!many.single()) {
                var hint = toml instanceof String text ? "put it in brackets: [" + Words.quote(text) + "]" : null;
                throw KeyType.wrongType(toml, "a list", hint);
            }
            items.add(new Item(at, (String) many.element().read(toml)));
            return items;
        }
        for (int i = 0; i < array.size(); i++) {
            var element = at + "[" + i + "]";
            stands(element, array, i);
            try {
                items.add(new Item(element, (String) many.element().read(array.get(i))));
            } catch (BadValue bad) {
                problems.error(element, bad);
            }
        }
        if (array.size() < many.min()) {
            throw new BadValue(Code.EMPTY, "the list is empty", null);
        }
        return items;
    }

    private List<Node> entries(KeyTable table, String at, Object toml) throws BadValue {
        if (!(toml instanceof TomlArray array)) {
            throw KeyType.wrongType(toml, "a list of tables", "write " + header(table, at));
        }
        if (array.isEmpty()) {
            throw new BadValue(Code.EMPTY, "the list is empty", "at least one entry is needed");
        }
        var nodes = new ArrayList<Node>();
        for (int i = 0; i < array.size(); i++) {
            var element = at + "[" + i + "]";
            stands(element, array, i);
            try {
                nodes.add(new Node(table, table(array.get(i), table, element), element, problems));
            } catch (BadValue bad) {
                problems.error(element, bad);
            }
        }
        return nodes;
    }

    private Map<String, Node> named(KeyTable table, String at, Object toml) throws BadValue {
        var nodes = new LinkedHashMap<String, Node>();
        var tables = table(toml, table, at);
        if (tables.isEmpty()) {
            throw new BadValue(Code.EMPTY, "the table is empty", "write " + table.header());
        }
        for (var name : tables.keySet()) {
            var element = Words.join(at, name);
            var place = place(tables.inputPositionOf(List.of(name)));
            if (place != null) {
                problems.stands(element, place);
            }
            try {
                nodes.put(
                        name,
                        new Node(
                                table,
                                table(Objects.requireNonNull(tables.get(List.of(name))), table, element),
                                element,
                                problems));
            } catch (BadValue bad) {
                problems.error(element, bad);
            }
        }
        return nodes;
    }

    private void stands(String element, TomlArray array, int index) {
        var place = place(array.inputPositionOf(index));
        if (place != null) {
            problems.stands(element, place);
        }
    }

    static @Nullable Place place(@Nullable TomlPosition position) {
        return position == null ? null : new Place(position.line(), position.column());
    }

    /// The path of this table itself.
    String path() {
        return path;
    }

    /// The path of a key in this table, as the file spells it.
    String path(String name) {
        return Objects.requireNonNullElseGet(paths.get(name), () -> Words.join(path, name));
    }

    /// Whether the file has the key, be its value right or wrong.
    boolean has(String name) {
        return paths.containsKey(known(name).name());
    }

    /// Whether the file has the key with a value that was refused.
    boolean refused(String name) {
        return has(name) && !values.containsKey(known(name).name());
    }

    @Nullable
    Long integerOrNull(String name) {
        return (Long) get(name);
    }

    int integer(String name) {
        return (int) number(name);
    }

    int integerOr(String name, int otherwise) {
        return get(name) instanceof Long written ? written.intValue() : otherwise;
    }

    long number(String name) {
        return (Long) Objects.requireNonNull(get(name), name);
    }

    boolean flag(String name) {
        return (Boolean) Objects.requireNonNull(get(name), name);
    }

    @Nullable
    Boolean flagOrNull(String name) {
        return (Boolean) get(name);
    }

    Duration span(String name) {
        return (Duration) Objects.requireNonNull(get(name), name);
    }

    @Nullable
    Duration spanOrNull(String name) {
        return (Duration) get(name);
    }

    String text(String name) {
        return (String) Objects.requireNonNull(get(name), name);
    }

    @Nullable
    String textOrNull(String name) {
        return (String) get(name);
    }

    /// The sub-table, or null where it is absent, wrong, or `false`.
    @Nullable
    Node sub(String name) {
        return get(name) instanceof Node node ? node : null;
    }

    /// The elements that are strings; none where the key is absent.
    List<Item> items(String name) {
        return get(name) instanceof List<?> list
                ? list.stream().map(Item.class::cast).toList()
                : List.of();
    }

    List<Node> entries(String name) {
        return get(name) instanceof List<?> list
                ? list.stream().map(Node.class::cast).toList()
                : List.of();
    }

    Map<String, Node> named(String name) {
        var nodes = new LinkedHashMap<String, Node>();
        if (get(name) instanceof Map<?, ?> map) {
            map.forEach((key, node) -> nodes.put((String) key, (Node) node));
        }
        return nodes;
    }

    private @Nullable Object get(String name) {
        var key = known(name);
        return values.getOrDefault(name, key.fallback());
    }

    private Key known(String name) {
        var key = model.find(name);
        if (key == null) {
            throw new IllegalArgumentException("no key " + name + " in " + model.header());
        }
        return key;
    }

    /// Turns a string into a value, or reports why not and gives null.
    <T> @Nullable T parse(Item item, Parser<T> parser) {
        try {
            return parser.parse(item.value());
        } catch (BadValue bad) {
            problems.error(item.path(), bad);
            return null;
        }
    }

    /// The same for a whole list; what was refused is left out.
    <T> List<T> parseAll(String name, Parser<T> parser) {
        var parsed = new ArrayList<T>();
        for (var item : items(name)) {
            var value = parse(item, parser);
            if (value != null) {
                parsed.add(value);
            }
        }
        return parsed;
    }

    /// The same for a key with one string; null also where it is absent.
    <T> @Nullable T parse(String name, Parser<T> parser) {
        var text = textOrNull(name);
        return text == null ? null : parse(new Item(path(name), text), parser);
    }

    /// Makes a value of a string.
    interface Parser<T> {
        T parse(String text) throws BadValue;
    }
}
