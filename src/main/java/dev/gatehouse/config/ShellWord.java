package dev.gatehouse.config;

import java.util.regex.Pattern;

/// A word of a command that somebody is told to type.
public final class ShellWord {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

    private ShellWord() {}

    /// As a shell takes it for one word: in single quotes where that is needed.
    public static String of(Object value) {
        var text = value.toString();
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
