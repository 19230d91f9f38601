package dev.gatehouse.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The values of `encoded_slash`: what becomes of `%2F` and `%5C` in a path.
public enum EncodedSlash {
    /// The request is refused.
    REJECT,
    /// They are part of a segment, for us and for the upstream.
    PASS,
    /// They become `/`, for us and for the upstream.
    DECODE;

    /// As the file spells it.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static EncodedSlash of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    static List<String> texts() {
        return Arrays.stream(values()).map(EncodedSlash::text).toList();
    }
}
