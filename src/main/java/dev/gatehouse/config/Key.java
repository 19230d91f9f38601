package dev.gatehouse.config;

import org.jspecify.annotations.Nullable;

/// What there is to know about one key.
///
/// @param otherName a second name it answers to in the same table
/// @param help one sentence for the manual
/// @param unit what a bare number counts
/// @param fallback the value where the key is absent, as the type's `read` gives it for scalars; null for none
/// @param fallbackText how the manual writes `fallback`, or says what holds where the key is absent
/// @param risk what goes wrong when it is used carelessly
/// @param since whose key it is
/// @param state whether it is wanted
/// @param stateHint for a removed or deprecated key, what to do about it
public record Key(
        String name,
        @Nullable String otherName,
        KeyType type,
        String help,
        @Nullable String unit,
        @Nullable Object fallback,
        @Nullable String fallbackText,
        @Nullable String risk,
        Since since,
        State state,
        @Nullable String stateHint) {
    /// Whose idea a key was.
    public enum Since {
        RPXY,
        GATEHOUSE
    }

    /// Whether a key may, must, should not or must not be written.
    public enum State {
        OPTIONAL,
        REQUIRED,
        DEPRECATED,
        REMOVED
    }

    static Key of(String name, KeyType type, String help) {
        return new Key(name, null, type, help, null, null, null, null, Since.RPXY, State.OPTIONAL, null);
    }

    /// The first sentence of the help as a hint: without Markdown and capital.
    String summary() {
        int end = help.indexOf(". ");
        var sentence = end < 0 ? help.substring(0, help.length() - 1) : help.substring(0, end);
        var plain = sentence.replace("`", "");
        return Character.toLowerCase(plain.charAt(0)) + plain.substring(1);
    }

    Key required() {
        return new Key(
                name, otherName, type, help, unit, fallback, fallbackText, risk, since, State.REQUIRED, stateHint);
    }

    Key deprecated(String whatInstead) {
        return new Key(
                name, otherName, type, help, unit, fallback, fallbackText, risk, since, State.DEPRECATED, whatInstead);
    }

    Key removed(String whatInstead) {
        return new Key(
                name, otherName, type, help, unit, fallback, fallbackText, risk, since, State.REMOVED, whatInstead);
    }

    Key unit(String word) {
        return new Key(name, otherName, type, help, word, fallback, fallbackText, risk, since, state, stateHint);
    }

    Key fallback(Object value, String text) {
        return new Key(name, otherName, type, help, unit, value, text, risk, since, state, stateHint);
    }

    Key fallback(Object value) {
        return fallback(value, value instanceof String text ? '"' + text + '"' : value.toString());
    }

    Key without(String text) {
        return new Key(name, otherName, type, help, unit, fallback, text, risk, since, state, stateHint);
    }

    Key risk(String sentence) {
        return new Key(name, otherName, type, help, unit, fallback, fallbackText, sentence, since, state, stateHint);
    }

    Key ours() {
        return new Key(
                name, otherName, type, help, unit, fallback, fallbackText, risk, Since.GATEHOUSE, state, stateHint);
    }

    Key alsoNamed(String second) {
        return new Key(name, second, type, help, unit, fallback, fallbackText, risk, since, state, stateHint);
    }

    @Override
    public String toString() {
        return name;
    }
}
