package dev.gatehouse.config;

import java.util.Collection;
import java.util.Map;

/// Writes maps, lists, strings, numbers and booleans as JSON, indented by two spaces.
final class Json {
    private final StringBuilder text = new StringBuilder();

    private Json() {}

    static String of(Object value) {
        var json = new Json();
        json.append(value, "\n");
        return json.text.append('\n').toString();
    }

    private void append(Object value, String newLine) {
        switch (value) {
            case Map<?, ?> map -> {
                char before = '{';
                for (var entry : map.entrySet()) {
                    text.append(before).append(newLine).append("  ");
                    appendString((String) entry.getKey());
                    text.append(": ");
                    append(entry.getValue(), newLine + "  ");
                    before = ',';
                }
                text.append(map.isEmpty() ? "{" : newLine).append('}');
            }
            case Collection<?> list
            when list.stream().noneMatch(element -> element instanceof Map) -> {
                var before = "[";
                for (var element : list) {
                    text.append(before);
                    append(element, newLine);
                    before = ", ";
                }
                text.append(list.isEmpty() ? "[]" : "]");
            }
            case Collection<?> list -> {
                char before = '[';
                for (var element : list) {
                    text.append(before).append(newLine).append("  ");
                    append(element, newLine + "  ");
                    before = ',';
                }
                text.append(newLine).append(']');
            }
            case String string -> appendString(string);
            default -> text.append(value);
        }
    }

    private void appendString(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append("\\u%04x".formatted((int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
