package dev.gatehouse.config;

import java.util.ArrayList;
import java.util.List;

/// Names of header fields, compared as backends compare them that make variables of names: case does not count, and
/// whatever is no letter or digit counts as `-`, so that `X_Forwarded_For` is X-Forwarded-For. Immutable; a look-up
/// allocates nothing.
public final class FieldNames {
    private final List<String> texts;
    private final List<List<String>> byLength = new ArrayList<>();
    private final List<String> prefixes = new ArrayList<>();

    private FieldNames(List<String> texts) {
        this.texts = List.copyOf(texts);
        for (var text : texts) {
            if (text.endsWith("*")) {
                prefixes.add(text.substring(0, text.length() - 1));
                continue;
            }
            while (byLength.size() <= text.length()) {
                byLength.add(new ArrayList<>());
            }
            byLength.get(text.length()).add(text);
        }
    }

    /// @param texts names, and `*` behind a beginning of names
    public static FieldNames of(String... texts) {
        return new FieldNames(List.of(texts));
    }

    static FieldNames of(List<String> texts) {
        return new FieldNames(texts);
    }

    List<String> texts() {
        return texts;
    }

    /// Whether the name is one of them.
    public boolean contain(String name) {
        int length = name.length();
        if (length < byLength.size()) {
            var candidates = byLength.get(length);
            for (int i = 0; i < candidates.size(); i++) {
                if (begins(name, candidates.get(i))) {
                    return true;
                }
            }
        }
        for (int i = 0; i < prefixes.size(); i++) {
            if (length > prefixes.get(i).length() && begins(name, prefixes.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean begins(String name, String start) {
        for (int i = 0; i < start.length(); i++) {
            char c = name.charAt(i);
            char expected = start.charAt(i);
            if (c != expected && (expected == '-' ? isAlphanumeric(c) : (c ^ expected) != 0x20 || !isAlphanumeric(c))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAlphanumeric(char c) {
        int lower = c | 0x20;
        return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldNames names && names.texts.equals(texts);
    }

    @Override
    public int hashCode() {
        return texts.hashCode();
    }

    @Override
    public String toString() {
        return String.join(", ", texts);
    }
}
