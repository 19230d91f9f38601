package dev.gatehouse.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Which known word is nearest to a mistyped one: a key of the file, a command, an option.
public final class SpellingSuggestion {
    private SpellingSuggestion() {}

    /// The known word that was probably meant, or null. The first of equally near ones wins.
    public static @Nullable String nearest(String word, Collection<String> known) {
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
