package dev.gatehouse.config;

import java.util.Collection;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How names and values from the file are written in messages.
final class Words {
    private static final int LONGEST_QUOTE = 80;
    private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z0-9_-]+");

    private Words() {}

    /// In double quotes, on one line, cut where it is long; nothing in it can move a terminal's cursor.
    static String quote(String value) {
        return '"' + clean(value) + '"';
    }

    private static String clean(String value) {
        var text = new StringBuilder();
        for (int at = 0; at < value.length(); ) {
            if (text.length() >= LONGEST_QUOTE) {
                return text.append('…').toString();
            }
            int c = value.codePointAt(at);
            at += Character.charCount(c);
            if (isPrintable(c)) {
                text.appendCodePoint(c);
            } else {
                text.append("\\u%04x".formatted(c));
            }
        }
        return text.toString();
    }

    /// Whether a character may be shown as it is: no control, no direction override, no lone surrogate.
    static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /// The dotted path of a key in a table; the outermost table has the path "".
    static String join(String table, String key) {
        var segment = BARE_KEY.matcher(key).matches() ? key : quote(key);
        return table.isEmpty() ? segment : table + "." + segment;
    }

    /// "did you mean ...", or null where nothing is near.
    static @Nullable String didYouMean(String word, Collection<String> known) {
        var best = SpellingSuggestion.nearest(word, known);
        return best == null ? null : "did you mean " + quote(best) + "?";
    }
}
