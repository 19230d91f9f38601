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
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '?' || c == '#') {
                throw new BadValue(Words.quote(text) + " has more than a path", Words.quote(text.substring(0, i)));
            }
            if (c <= ' ' || c >= 0x7f) {
                throw new BadValue(
                        Words.quote(text) + " is not how requests write it",
                        "percent-encoded: " + Words.quote(encoded(text)));
            }
        }
        return text;
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
