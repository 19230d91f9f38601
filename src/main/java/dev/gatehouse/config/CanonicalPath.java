package dev.gatehouse.config;

/// The one spelling of a path by which paths are compared: two paths that servers may take for the same have the same.
///
/// | in the path | in its canonical form |
/// |---|---|
/// | the escape of a visible ASCII character: `%61`, `%7E`, `%40` | the character (RFC 3986 §6.2.2.2) |
/// | the escape of `/`, `\`, `;`, `%`, `?` or `#` | kept: it is not the character itself |
/// | any other escape | with capital digits: `%C3` |
/// | a parameter of a segment: `;v=1` | nothing |
/// | empty segments: `//` | nothing; a slash at the end stays |
public final class CanonicalPath {
    /// Visible characters whose escape means something else than the character.
    private static final String DELIMITERS = "/\\;%?#";

    private static final String HEX = "0123456789ABCDEF";

    private CanonicalPath() {}

    /// The canonical form.
    ///
    /// @param path begins with `/`; no dot segments; two hex digits behind each `%`
    public static String of(String path) {
        int length = path.length();
        var out = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = path.charAt(i);
            switch (c) {
                case '/' -> {
                    if (out.isEmpty() || out.charAt(out.length() - 1) != '/') {
                        out.append('/');
                    }
                }
                case ';' -> {
                    int slash = path.indexOf('/', i);
                    i = (slash < 0 ? length : slash) - 1;
                }
                case '%' -> {
                    int code = (Character.digit(path.charAt(i + 1), 16) << 4) | Character.digit(path.charAt(i + 2), 16);
                    if (isDecoded(code)) {
                        out.append((char) code);
                    } else {
                        out.append('%').append(HEX.charAt(code >> 4)).append(HEX.charAt(code & 15));
                    }
                    i += 2;
                }
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    /// Whether the escape of this byte becomes the character.
    public static boolean isDecoded(int code) {
        return code > ' ' && code < 0x7f && DELIMITERS.indexOf(code) < 0;
    }
}
