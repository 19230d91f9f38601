package dev.gatehouse.support;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Header or trailer fields in the order and spelling they had on the wire.
public record Fields(List<Field> all) {
    /// No fields.
    public static final Fields NONE = new Fields(List.of());

    /// One field line.
    public record Field(String name, String value) {}

    public Fields {
        all = List.copyOf(all);
    }

    /// Names and values in turn.
    public static Fields of(String... namesAndValues) {
        var all = new ArrayList<Field>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            all.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
        }
        return new Fields(all);
    }

    /// These and one more.
    public Fields with(String name, String value) {
        var more = new ArrayList<>(all);
        more.add(new Field(name, value));
        return new Fields(more);
    }

    /// These and those.
    public Fields with(Fields others) {
        var more = new ArrayList<>(all);
        more.addAll(others.all);
        return new Fields(more);
    }

    /// The values of that name, any case, in order.
    public List<String> values(String name) {
        return all.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /// The first value of that name, any case.
    public Optional<String> first(String name) {
        return values(name).stream().findFirst();
    }

    /// Whether there is a field of that name, any case.
    public boolean has(String name) {
        return first(name).isPresent();
    }

    /// The names, as spelled.
    public List<String> names() {
        return all.stream().map(Field::name).toList();
    }

    /// Reads the field lines of an HTTP/1 head; what stands before the first CRLF is left out.
    static Fields ofHead(String head) {
        return ofLines(head.substring(Math.min(head.length(), head.indexOf('\n') + 1)));
    }

    /// Reads field lines.
    static Fields ofLines(String lines) {
        var all = new ArrayList<Field>();
        for (var line : lines.split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                all.add(new Field(
                        line.substring(0, colon), line.substring(colon + 1).strip()));
            }
        }
        return new Fields(all);
    }
}
