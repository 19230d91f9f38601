package dev.gatehouse.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/// What a key's value may be.
public sealed interface KeyType {
    /// How the manual names it.
    String words();

    /// One value without keys or elements of its own.
    sealed interface Scalar extends KeyType {
        /// The value as our code wants it.
        Object read(Object toml) throws BadValue;
    }

    /// `true` or `false`, as a [Boolean].
    record Flag() implements Scalar {
        @Override
        public String words() {
            return "boolean";
        }

        @Override
        public Object read(Object toml) throws BadValue {
            if (toml instanceof Boolean) {
                return toml;
            }
            var isWord = toml instanceof String text && (text.equals("true") || text.equals("false"));
            throw wrongType(toml, "true or false", isWord ? "leave the quotes away: " + toml : null);
        }
    }

    /// `true`, `false`, `"on"` or `"off"`, as a [Boolean].
    record OnOff() implements Scalar {
        @Override
        public String words() {
            return "boolean, `\"on\"` or `\"off\"`";
        }

        @Override
        public Object read(Object toml) throws BadValue {
            return switch (toml) {
                case Boolean flag -> flag;
                case String text when text.equals("on") -> true;
                case String text when text.equals("off") -> false;
                default -> throw wrongType(toml, "\"on\" or \"off\"", null);
            };
        }
    }

    /// A whole number, as a [Long].
    record Whole(long min, long max) implements Scalar {
        static Whole atLeast(long min) {
            return new Whole(min, Integer.MAX_VALUE);
        }

        @Override
        public String words() {
            return max >= Integer.MAX_VALUE ? "integer, at least " + min : "integer, " + range();
        }

        @Override
        public Object read(Object toml) throws BadValue {
            if (!(toml instanceof Long number)) {
                var isNumber = toml instanceof String text && text.matches("[0-9]{1,18}");
                throw wrongType(toml, "an integer", isNumber ? "leave the quotes away: " + toml : null);
            }
            if (number < min || number > max) {
                throw new BadValue(Code.OUT_OF_RANGE, number + " is not in " + range(), null);
            }
            return number;
        }

        private String range() {
            return min + " to " + max;
        }
    }

    /// Any string.
    record Text() implements Scalar {
        @Override
        public String words() {
            return "string";
        }

        @Override
        public Object read(Object toml) throws BadValue {
            if (!(toml instanceof String text)) {
                var scalar = toml instanceof Long || toml instanceof Boolean || toml instanceof Double;
                throw wrongType(toml, "a string", scalar ? "put it in quotes: \"" + toml + "\"" : null);
            }
            return text;
        }
    }

    /// One of some words, as a [String].
    ///
    /// @param gone words that rpxy once knew, with what to do instead
    record Choice(List<String> values, Map<String, String> gone) implements Scalar {
        static Choice of(String... values) {
            return new Choice(List.of(values), Map.of());
        }

        @Override
        public String words() {
            return String.join(
                    ", ", values.stream().map(value -> "`\"" + value + "\"`").toList());
        }

        @Override
        public Object read(Object toml) throws BadValue {
            if (!(toml instanceof String text)) {
                throw wrongType(toml, "a string", null);
            }
            if (values.contains(text)) {
                return text;
            }
            var instead = gone.get(text);
            if (instead != null) {
                throw new BadValue(Code.REMOVED_KEY, Words.quote(text) + " was removed from rpxy", instead);
            }
            var known = "one of: " + String.join(", ", values);
            throw new BadValue(
                    Words.quote(text) + " is not known here",
                    Objects.requireNonNullElse(Words.didYouMean(text, values), known));
        }
    }

    /// A number of bytes, as a [Long]; `Long.MAX_VALUE` is no limit.
    record Size(long min, long max, boolean mayBeUnlimited) implements Scalar {
        @Override
        public String words() {
            return "integer or string like `\"64k\"`, "
                    + (mayBeUnlimited ? "`0` or `\"unlimited\"` for no limit" : range());
        }

        @Override
        public Object read(Object toml) throws BadValue {
            long bytes = switch (toml) {
                case Long number -> Sizes.of(number);
                case String text -> Sizes.parse(text);
                default -> throw wrongType(toml, "a number of bytes or a string like \"64m\"", null);
            };
            if (bytes == Sizes.UNLIMITED && !mayBeUnlimited) {
                throw new BadValue(Code.OUT_OF_RANGE, "no limit is not possible here", range());
            }
            if (bytes < min || bytes > max) {
                throw new BadValue(Code.OUT_OF_RANGE, bytes + " bytes is out of range", range());
            }
            return bytes;
        }

        private String range() {
            return Sizes.text(min) + " to " + Sizes.text(max);
        }
    }

    /// A length of time with its unit, as a [Duration]; zero is no limit.
    record Span(Duration max, boolean mayBeUnlimited) implements Scalar {
        @Override
        public String words() {
            return "string like `\"500ms\"`, `\"20s\"`, `\"5m\"`, `\"1h\"`" + (mayBeUnlimited ? ", or `\"off\"`" : "");
        }

        @Override
        public Object read(Object toml) throws BadValue {
            var time = switch (toml) {
                case String text -> Durations.parse(text);
                case Long number when number == 0 -> Duration.ZERO;
                case Long number ->
                    throw new BadValue(
                            Code.NO_UNIT,
                            number + " has no unit",
                            "write \"" + number + "s\" for seconds; the units are ms, s, m, h");
                default -> throw wrongType(toml, "a string like \"20s\"", null);
            };
            if (time.isZero() && !mayBeUnlimited) {
                throw new BadValue(Code.OUT_OF_RANGE, "this limit cannot be turned off", "\"1ms\" to " + most());
            }
            if (time.compareTo(max) > 0) {
                throw new BadValue(
                        Code.OUT_OF_RANGE, Words.quote(toml.toString()) + " is too long", "at most " + most());
            }
            return time;
        }

        private String most() {
            return '"' + Durations.text(max) + '"';
        }
    }

    /// A list of scalars.
    ///
    /// @param single whether one value may stand without brackets
    record Many(Scalar element, boolean single, int min) implements KeyType {
        @Override
        public String words() {
            return single ? element.words() + ", or a list of them" : "list of " + element.words();
        }
    }

    /// A table.
    record Sub(KeyTable table) implements KeyType {
        @Override
        public String words() {
            return "table";
        }
    }

    /// A table, or `true` for a table with nothing in it, or `false` for none.
    record FlagOrSub(KeyTable table) implements KeyType {
        @Override
        public String words() {
            return "boolean or table";
        }
    }

    /// A list of tables, at least one.
    record Entries(KeyTable table) implements KeyType {
        @Override
        public String words() {
            return "list of tables";
        }
    }

    /// A table whose keys are names that the administrator gives.
    record Named(KeyTable table) implements KeyType {
        @Override
        public String words() {
            return "table of tables";
        }
    }

    /// The refusal of a value of another TOML type.
    static BadValue wrongType(Object toml, String wanted, @Nullable String hint) {
        var given = switch (toml) {
            case String text -> Words.quote(text);
            case Long number -> number.toString();
            case Boolean flag -> flag.toString();
            case Double number -> number.toString();
            case TomlArray _ -> "a list";
            case TomlTable _ -> "a table";
            default -> "a " + toml.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        };
        return new BadValue(Code.WRONG_TYPE, given + " is not " + wanted, hint);
    }
}
