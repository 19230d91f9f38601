package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class KeysTest {
    @SuppressWarnings("unused") // by name
    private static final Iterable<KeyTable> TABLES = Keys.TABLES;

    static Stream<Key> keysWithDefault() {
        return Keys.TABLES.stream().flatMap(table -> table.keys().stream()).filter(key -> key.fallback() != null);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keysWithDefault")
    void defaultIsAValueThatTheFileCouldHave(Key key) throws BadValue {
        var fallback = key.fallback();
        Object written = fallback instanceof Duration time ? Durations.text(time) : fallback;

        assertThat(((KeyType.Scalar) key.type()).read(Objects.requireNonNull(written)))
                .isEqualTo(fallback);
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("TABLES")
    void everyKeyIsExplainedInSentences(KeyTable table) {
        assertThat(table.help()).endsWith(".");
        assertThat(table.keys()).allSatisfy(key -> {
            assertThat(key.help()).matches("(?s)[A-Z`].*\\.");
            assertThat(key.risk() == null || key.risk().endsWith(".")).isTrue();
        });
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("TABLES")
    void namesAreUniqueInTheirTable(KeyTable table) {
        var names = table.keys().stream()
                .flatMap(key -> Stream.of(key.name(), key.otherName()))
                .filter(Objects::nonNull);

        assertThat(names).doesNotHaveDuplicates();
    }
}
