package dev.gatehouse.http;

/// Classes of characters of RFC 9110 §5.6.
public final class HttpChars {
    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (int c = '0'; c <= 'z'; c++) {
            TOKEN[c] = Character.isLetterOrDigit(c);
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private HttpChars() {}

    /// tchar (§5.6.2).
    public static boolean isToken(int c) {
        return c < TOKEN.length && TOKEN[c];
    }

    /// token (§5.6.2): methods, names of fields.
    public static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isToken(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
