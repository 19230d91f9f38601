package dev.gatehouse.support;

import java.util.regex.Pattern;

/// One line of the JSON access log.
///
/// @param json the line as written
public record AccessLine(String json) {
    /// The value of a key as text, without the quotes of a string; empty where the key is absent.
    public String value(String key) {
        var matcher = Pattern.compile("\"" + Pattern.quote(key) + "\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^,}]*))")
                .matcher(json);
        if (!matcher.find()) {
            return "";
        }
        return matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    }

    /// The value of a key as a number; -1 where it is absent.
    public double number(String key) {
        var text = value(key);
        return text.isEmpty() ? -1 : Double.parseDouble(text);
    }

    /// The status that was answered.
    public int status() {
        return (int) number("status");
    }

    /// The reason token of a failure; empty without.
    public String failure() {
        return value("failure");
    }

    @Override
    public String toString() {
        return json;
    }
}
