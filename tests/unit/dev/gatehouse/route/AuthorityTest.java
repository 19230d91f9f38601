package dev.gatehouse.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {
    @ParameterizedTest(name = "{0} is {1} port {2}")
    @CsvSource({
        "Example.COM, example.com,",
        "Example.COM:8080, example.com, 8080",
        "127.0.0.1:8080, 127.0.0.1, 8080",
        "[2001:db8::1], 2001:db8::1,",
        "[2001:DB8::1]:8080, 2001:db8::1, 8080",
        "[::ffff:192.0.2.1]:1, ::ffff:192.0.2.1, 1",
        "example.com., example.com,",
        "example.com.:65535, example.com, 65535",
        "example.com:, example.com,",
        "[::1]:, ::1,",
        "example.com:00080, example.com, 80",
        "a_b.example, a_b.example,",
        "_dmarc.example.com, _dmarc.example.com,",
        "localhost, localhost,",
        "xn--bcher-kva.example, xn--bcher-kva.example,",
    })
    void tellsHostAndPort(String value, String host, Integer port) {
        assertThat(Authority.parse(value)).isEqualTo(new Authority(host, port));
    }

    @ParameterizedTest(name = "<{0}>")
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".example.com",
                "a..b",
                "example.com..",
                ":80",
                "example.com:0",
                "example.com:65536",
                "example.com:99999",
                "example.com:000080",
                "example.com:8o",
                "example.com:+80",
                "example.com:-1",
                "example.com:80:80",
                "example.com: 80",
                "user@example.com",
                "user:pass@example.com",
                "2001:db8::1",
                "[2001:db8::1",
                "2001:db8::1]",
                "[]",
                "[::1]x",
                "[::1]80",
                "[::1%25eth0]",
                "[v1.x]",
                "[127.0.0.1]",
                "[::g]",
                "a b",
                " example.com",
                "example.com ",
                "a\tb",
                "a\0b",
                "a\r\nX: y",
                "ex\u00e4mple",
                "\u212a.example",
                "example.com/",
                "example.com/x",
                "a,b",
                "a;b",
                "a=b",
                "a\"b",
                "a'b",
                "a%41b",
                "a*b",
                "*.example.com",
                "a\\b",
                "a#b",
                "a?b",
                "a(b",
                "a|b",
                "a~b"
            })
    void refusesWhatIsNoHost(String value) {
        assertThat(Authority.parse(value)).isNull();
    }

    @Test
    void isAtMost255CharactersLong() {
        assertThat(Authority.parse("a".repeat(255))).isNotNull();
        assertThat(Authority.parse("a".repeat(256))).isNull();
    }

    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource({
        "a.example, A.example., true",
        "a.example:8080, a.example, true",
        "a.example:8080, a.example:8080, true",
        "a.example:8080, a.example:8081, false",
        "a.example, b.example, false",
    })
    void agreesOnHostAndOnAPortThatBothTell(String one, String other, boolean agree) {
        var first = Objects.requireNonNull(Authority.parse(one));
        var second = Objects.requireNonNull(Authority.parse(other));

        assertThat(first.agreesWith(second)).isEqualTo(agree);
        assertThat(second.agreesWith(first)).isEqualTo(agree);
    }

    @Test
    void neverThrowsAndTellsOnlyWhatItWouldAccept() {
        var random = new Random(17);
        var alphabet = "aZ09.:-_[]@%/ :.\0\r\u00e9";
        for (int i = 0; i < 200_000; i++) {
            var text = new StringBuilder();
            for (int length = random.nextInt(14); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            var authority = Authority.parse(text.toString());
            if (authority != null) {
                var host = authority.host();
                var again = host.indexOf(':') >= 0 ? "[" + host + "]" : host;

                assertThat(Authority.parse(again)).isEqualTo(new Authority(host, null));
                assertThat(host).matches("[a-z0-9._:-]+").doesNotEndWith(".");
            }
        }
    }
}
