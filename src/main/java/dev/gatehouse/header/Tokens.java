package dev.gatehouse.header;

/// Lists of tokens (RFC 9110 §5.6.1), separated by commas, blanks or both. Allocates nothing.
final class Tokens {
    private Tokens() {}

    /// Whether the list has the token, in any case.
    static boolean contains(String list, String token) {
        for (int start = next(list, 0); start < list.length(); ) {
            int end = end(list, start);
            if (end - start == token.length() && list.regionMatches(true, start, token, 0, token.length())) {
                return true;
            }
            start = next(list, end);
        }
        return false;
    }

    /// Where the next token begins; the list's length where none does.
    static int next(String list, int from) {
        int i = from;
        while (i < list.length() && isSeparator(list.charAt(i))) {
            i++;
        }
        return i;
    }

    /// The end of the token that begins at `start`.
    static int end(String list, int start) {
        int i = start;
        while (i < list.length() && !isSeparator(list.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isSeparator(char c) {
        return c == ',' || c == ' ' || c == '\t';
    }
}
