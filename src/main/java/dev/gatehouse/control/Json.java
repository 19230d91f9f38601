package dev.gatehouse.control;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON (RFC 8259) as [Map], [List], [String], [Long], [Double] and [Boolean]. Members that are null are left out when
/// it is read. What is written is one line of ASCII.
public final class Json {
    private static final int DEEPEST = 32;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    // ---- writing

    /// A value on one line, without a line end.
    ///
    /// @param value any of the above, any [Number], or null
    public static String write(@Nullable Object value) {
        var out = new StringBuilder();
        append(out, value);
        return out.toString();
    }

    private static void append(StringBuilder out, @Nullable Object value) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> {
                var separator = "{";
                for (var entry : map.entrySet()) {
                    out.append(separator);
                    append(out, String.valueOf(entry.getKey()));
                    out.append(':');
                    append(out, entry.getValue());
                    separator = ",";
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case Collection<?> list -> {
                var separator = "[";
                for (var element : list) {
                    out.append(separator);
                    append(out, element);
                    separator = ",";
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case Number number -> out.append(number);
            case Boolean flag -> out.append(flag);
            default -> appendText(out, value.toString());
        }
    }

    /// Everything outside printable ASCII is escaped.
    private static void appendText(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= 0x20 && c < 0x7F) {
                out.append(c);
            } else {
                out.append('\\').append("u%04x".formatted((int) c));
            }
        }
        out.append('"');
    }

    // ---- reading

    /// Reads one object.
    ///
    /// @throws IllegalArgumentException when it is none, with what is wrong
    public static Map<String, Object> read(String line) {
        var json = new Json(line);
        var value = json.value(0);
        json.skipBlanks();
        if (json.at < line.length()) {
            throw json.wrong("nothing may follow");
        }
        if (!(value instanceof Map<?, ?>)) {
            throw json.wrong("an object is wanted");
        }
        return map(value);
    }

    /// A value that is an object.
    ///
    /// @throws IllegalArgumentException when it is none
    @SuppressWarnings("unchecked") // the reader makes no others
    public static Map<String, Object> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalArgumentException("not an object");
    }

    /// The objects in a value that is an array of them; none where it is something else.
    public static List<Map<String, Object>> maps(@Nullable Object value) {
        return value instanceof List<?> list ? list.stream().map(Json::map).toList() : List.of();
    }

    private @Nullable Object value(int depth) {
        if (depth > DEEPEST) {
            throw wrong("too deep");
        }
        skipBlanks();
        char c = next();
        return switch (c) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, Object> object(int depth) {
        var members = new LinkedHashMap<String, Object>();
        var names = new HashSet<String>();
        if (ends('}')) {
            return members;
        }
        do {
            skipBlanks();
            expect('"');
            var name = string();
            if (!names.add(name)) {
                throw wrong("the same name twice");
            }
            skipBlanks();
            expect(':');
            var value = value(depth + 1);
            if (value != null) {
                members.put(name, value);
            }
        } while (continues('}'));
        return members;
    }

    private List<Object> array(int depth) {
        var elements = new ArrayList<Object>();
        if (ends(']')) {
            return elements;
        }
        do {
            var value = value(depth + 1);
            if (value != null) {
                elements.add(value);
            }
        } while (continues(']'));
        return elements;
    }

    private boolean ends(char end) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == end) {
            at++;
            return true;
        }
        return false;
    }

    private boolean continues(char end) {
        if (ends(end)) {
            return false;
        }
        expect(',');
        return true;
    }

    private String string() {
        var out = new StringBuilder();
        for (char c = next(); c != '"'; c = next()) {
            if (c < 0x20) {
                throw wrong("a control character");
            }
            out.append(c == '\\' ? escaped() : c);
        }
        return out.toString();
    }

    private char escaped() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
                    throw wrong("four hexadecimal digits are wanted");
                }
                at += 4;
                yield (char) Integer.parseInt(text, at - 4, at, 16);
            }
            default -> throw wrong("an unknown escape");
        };
    }

    private @Nullable Object word(String word, @Nullable Object value) {
        if (!text.startsWith(word, at - 1)) {
            throw wrong("a value is wanted");
        }
        at += word.length() - 1;
        return value;
    }

    private Object number() {
        int begin = at - 1;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        var digits = text.substring(begin, at);
        if (!digits.matches("-?(0|[1-9][0-9]{0,17})(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")) {
            at = begin;
            throw wrong("a value is wanted");
        }
        return digits.matches("-?[0-9]+") ? (Object) Long.valueOf(digits) : (Object) Double.valueOf(digits);
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char next() {
        if (at >= text.length()) {
            throw wrong("it ends too early");
        }
        return text.charAt(at++);
    }

    private void expect(char wanted) {
        if (next() != wanted) {
            at--;
            throw wrong("'" + wanted + "' is wanted");
        }
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("not JSON at character " + (at + 1) + ": " + what);
    }
}
