package dev.gatehouse.header;

import static dev.gatehouse.http.TestRequest.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.header.ForwardedField.Hop;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedFieldTest {
    @ParameterizedTest(name = "{0} is written {1}")
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "for=192.0.2.1, for=192.0.2.1",
                "For=192.0.2.1;PROTO=https;By=_me;hOst=a.example, for=192.0.2.1;proto=https;host=a.example;by=_me",
                "for=\"192.0.2.1:443\", for=\"192.0.2.1:443\"",
                "for=192.0.2.1:443, for=\"192.0.2.1:443\"",
                "for=\"192.0.2.1:_p\", for=\"192.0.2.1:_p\"",
                "for=\"[2001:DB8::1]\", for=\"[2001:db8::1]\"",
                "for=\"[2001:db8::1]:443\", for=\"[2001:db8::1]:443\"",
                "for=2001:db8::4711, for=\"[2001:db8::4711]\"",
                "for=2001:db8::1:443, for=\"[2001:db8::1:443]\"",
                "for=[2001:db8::1], for=\"[2001:db8::1]\"",
                "for=unknown, for=unknown",
                "for=Unknown, for=unknown",
                "for=unknown:443, for=\"unknown:443\"",
                "for=\"unknown:00443\", for=\"unknown:443\"",
                "for=\"unknown:_p\", for=\"unknown:_p\"",
                "for=\"unknown:0\", for=\"unknown:0\"",
                "for=_a, for=_a",
                "for=_a.b-c_d, for=_a.b-c_d",
                "for=\"_hidden:443\", for=\"_hidden:443\"",
                "for=192.0.2.1;host=\"app.example:8443\", for=192.0.2.1;host=\"app.example:8443\"",
                "for=192.0.2.1;host=\"a\\\"b\\\\c\", for=192.0.2.1;host=\"a\\\"b\\\\c\"",
                "for=192.0.2.1;host=\"\", for=192.0.2.1;host=\"\"",
                "for=192.0.2.1;host=\"\\a\", for=192.0.2.1;host=a",
                "for=192.0.2.1;ext=1;ext=2, for=192.0.2.1",
                "' for=192.0.2.1 ; proto=http ;', for=192.0.2.1;proto=http",
                "'for=192.0.2.1,for=192.0.2.2,,  ,for=_x', 'for=192.0.2.1, for=192.0.2.2, for=_x'",
                "'for=\"192.0.2.1\";host=\"a,b;c\", for=_x', 'for=192.0.2.1;host=\"a,b;c\", for=_x'",
            })
    void readsAndWrites(String value, String written) {
        assertThat(ForwardedField.write(parse("Forwarded: " + value))).isEqualTo(written);
    }

    @ParameterizedTest(name = "<{0}>")
    @ValueSource(
            strings = {
                "proto=https",
                "for",
                "for=",
                "=192.0.2.1",
                "for=192.0.2.1;for=192.0.2.2",
                "for=192.0.2.1;proto=http;proto=https",
                "for=192.0.2.1;host=a;HOST=b",
                "for=192.0.2.1;by=_a;by=_b",
                "for=\"192.0.2.1",
                "for=\"192.0.2.1\\",
                "for=\"192.0.2.1\"x",
                "for=192.0.2.1 x",
                "for =192.0.2.1",
                "for= 192.0.2.1",
                "for=192.0.2.1;host=a\"b",
                "for=192.0.2.1;host=a\\b",
                "for=192.0.2.1;host=\"\u00e9\"",
                "for=192.0.2.1;host=\u00e9",
                "for=192.0.2.1;host",
                "for=192.0.2.1,proto=https",
                "for=_",
                "for=_bad!",
                "for=\"unknown:abc\"",
                "for=\"_node:99999\"",
                "for=\"192.0.2.1:\"",
                "for=\"192.0.2.1:+443\"",
                "for=\"192.0.2.1:-1\"",
                "for=\"192.0.2.1:000000\"",
                "for=\"192.0.2.1:65536\"",
                "for=\"192.0.2.1:_\"",
                "for=\"[192.0.2.1]\"",
                "for=\"[2001:db8::1\"",
                "for=\"[2001:db8::1]443\"",
                "for=\"[::1%eth0]\"",
                "for=192.0.2",
                "for=localhost",
                "for=\"\"",
            })
    void refusesWhatIsBroken(String value) {
        assertThat(read("Forwarded: " + value)).isNull();
    }

    @Test
    void takesAllLinesInOrder() {
        var hops = parse("Forwarded: for=192.0.2.1, for=192.0.2.2", "X: y", "forwarded: for=192.0.2.3;proto=http");

        assertThat(hops).extracting(hop -> hop.node().name()).containsExactly("192.0.2.1", "192.0.2.2", "192.0.2.3");
        assertThat(hops.getLast().proto()).isEqualTo("http");
    }

    @Test
    void aQuoteDoesNotGoOnInTheNextLine() {
        assertThat(read("Forwarded: for=\"192.0.2.1", "Forwarded: \"")).isNull();
    }

    @ParameterizedTest(name = "<{0}>")
    @ValueSource(
            strings = {
                "for=\"x, for=192.0.2.1;host=\"a,\\\"b\"",
                "x, for=192.0.2.1;host=\"a,\\\"b\"",
                "for=1;for=2, for=192.0.2.1;host=\"a,\\\"b\"",
                "\"\", for=192.0.2.1;host=\"a,\\\"b\"",
                "\\, for=192.0.2.1;host=\"a,\\\"b\"",
                "for=\", \\\", for=192.0.2.1;host=\"a,\\\"b\"",
            })
    void whatIsBrokenBreaksNothingToTheRight(String value) {
        var elements = ForwardedField.lastFirst(fields("Forwarded: " + value));

        assertThat(ForwardedField.write(
                        List.of(Objects.requireNonNull(elements.getFirst().hop()))))
                .isEqualTo("for=192.0.2.1;host=\"a,\\\"b\"");
        assertThat(elements.getLast().hop()).isNull();
    }

    @Test
    void noFieldIsNoHop() {
        assertThat(parse()).isEmpty();
        assertThat(parse("Forwarded: , ,")).isEmpty();
    }

    @Test
    void readsWhatItWroteOfAnything() {
        var random = new Random(29);
        var pieces = new String[] {
            "for=",
            "192.0.2.1",
            "\"",
            "[::1]",
            ":",
            "80",
            ",",
            ";",
            "proto=",
            "host=",
            "a",
            "\\",
            " ",
            "_x",
            "unknown",
            "\u00e9"
        };
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            var value = new StringBuilder(random.nextBoolean() ? "for=192.0.2.1;" : "for=");
            for (int length = random.nextInt(9); length > 0; length--) {
                value.append(pieces[random.nextInt(pieces.length)]);
            }
            var hops = read("Forwarded: " + value);
            if (hops != null && !hops.isEmpty()) {
                read++;
                assertThat(parse("Forwarded: " + ForwardedField.write(hops)))
                        .as("<%s>", value)
                        .isEqualTo(hops);
            }
        }
        assertThat(read).isGreaterThan(1000);
    }

    private static List<Hop> parse(String... lines) {
        return Objects.requireNonNull(read(lines));
    }

    /// Null where an element is broken or has no good `for`.
    private static @Nullable List<Hop> read(String... lines) {
        var hops = new ArrayList<Hop>();
        for (var element : ForwardedField.lastFirst(fields(lines))) {
            var hop = element.hop();
            if (hop == null) {
                return null;
            }
            hops.addFirst(hop);
        }
        return hops;
    }
}
