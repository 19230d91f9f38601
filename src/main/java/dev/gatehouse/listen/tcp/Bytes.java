package dev.gatehouse.listen.tcp;

/// Classes of bytes of RFC 9110 §5.6.
final class Bytes {
    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (int c = '0'; c <= 'z'; c++) {
            TOKEN[c] = Character.isLetterOrDigit(c);
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private Bytes() {}

    /// tchar (§5.6.2).
    static boolean isToken(int c) {
        return TOKEN[c];
    }
}
