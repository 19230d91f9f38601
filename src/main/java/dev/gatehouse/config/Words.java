package dev.gatehouse.config;

import java.util.Collection;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How names and values from the file are written in messages, and which known word is nearest to a mistyped one.
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

    /// The known word that was probably meant, or null. The first of equally near ones wins.
    static @Nullable String nearest(String word, Collection<String> known) {
        String best = null;
        int allowed = Math.max(1, Math.min(3, word.length() / 3));
        for (var candidate : known) {
            int distance = distance(word, candidate, allowed);
            if (distance <= allowed) {
                best = candidate;
                allowed = distance - 1;
            }
        }
        return best;
    }

    /// "did you mean ...", or null where nothing is near.
    static @Nullable String didYouMean(String word, Collection<String> known) {
        var best = nearest(word, known);
        return best == null ? null : "did you mean " + quote(best) + "?";
    }

    /// Insertions, deletions, replacements and swaps of neighbours between two words, case ignored; anything above
    /// `enough` may be returned as `enough + 1`.
    static int distance(String left, String right, int enough) {
        if (Math.abs(left.length() - right.length()) > enough) {
            return enough + 1;
        }
        var before = new int[right.length() + 1];
        var last = new int[right.length() + 1];
        var now = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            now[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int cost = same(left, i - 1, right, j - 1) ? 0 : 1;
                now[j] = Math.min(Math.min(now[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && same(left, i - 1, right, j - 2) && same(left, i - 2, right, j - 1)) {
                    now[j] = Math.min(now[j], before[j - 2] + 1);
                }
            }
            var spare = before;
            before = last;
            last = now;
            now = spare;
        }
        return last[right.length()];
    }

    private static boolean same(String left, int i, String right, int j) {
        return Character.toLowerCase(left.charAt(i)) == Character.toLowerCase(right.charAt(j));
    }
}
