package dev.gatehouse.config;

import java.nio.charset.StandardCharsets;

/// The rules for `path` and `replace_path`.
final class PathText {
    private PathText() {}

    /// Begins with `/`; nothing in it that a request's path cannot hold.
    static String parse(String text) throws BadValue {
        if (!text.startsWith("/")) {
            throw new BadValue(Words.quote(text) + " must start with '/'", Words.quote("/" + text));
        }
        if (hasDotSegment(text)) {
            throw new BadValue(Words.quote(text) + " has a dot segment, which no request keeps", null);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '?' || c == '#') {
                throw new BadValue(Words.quote(text) + " has more than a path", Words.quote(text.substring(0, i)));
            }
            if (c == '%' && !isEscape(text, i)) {
                throw new BadValue(
                        Words.quote(text) + ": '%' needs two hexadecimal digits behind it", "\"%25\" is '%'");
            }
            if (c == '\\') {
                throw new BadValue(Words.quote(text) + " has a backslash", Words.quote(text.replace('\\', '/')));
            }
            if (c <= ' ' || c >= 0x7f) {
                throw new BadValue(
                        Words.quote(text) + " is not how requests write it",
                        "percent-encoded: " + Words.quote(encoded(text)));
            }
        }
        return text;
    }

    private static boolean hasDotSegment(String path) {
        for (var segment : path.replaceAll("(?i)%2e", ".").split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEscape(String text, int at) {
        return at + 2 < text.length()
                && Character.digit(text.charAt(at + 1), 16) >= 0
                && Character.digit(text.charAt(at + 2), 16) >= 0;
    }

    /// Without slashes at its end.
    static String withoutTrailingSlash(String path) {
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    private static String encoded(String text) {
        var encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b <= ' ' || b == 0x7f) {
                encoded.append("%%%02X".formatted(b & 0xff));
            } else {
                encoded.append((char) b);
            }
        }
        return encoded.toString();
    }
}
