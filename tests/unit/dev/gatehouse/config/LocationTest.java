package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "localhost, localhost,",
        "API.Internal.Example:8080, api.internal.example, 8080",
        "127.0.0.1:9000, 127.0.0.1, 9000",
        "my_service:80, my_service, 80",
        "db.svc.cluster.local.:80, db.svc.cluster.local., 80",
        "[::1], ::1,",
        "[2001:DB8::1]:65535, 2001:db8::1, 65535",
        "host:0080, host, 80"
    })
    void hostAndPortAreTakenApart(String text, String host, @Nullable Integer port) throws BadValue {
        assertThat(Location.parse(text)).isEqualTo(new Location(host, port));
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(
            strings = {
                "",
                ":80",
                "host:",
                "host:0",
                "host:65536",
                "host:99999999999",
                "host:http",
                "host:-1",
                "host:80:80",
                "::1",
                "[::1",
                "[::1]80",
                "[::1]:",
                "[host]:80",
                "[fe80::1%eth0]:80",
                "host/path",
                "host:80/",
                "host?x=1",
                "host#x",
                "host\\x",
                "user@host",
                "user:secret@host:80",
                "http://host",
                "unix:/run/app.sock",
                "/run/app.sock",
                "256.1.1.1",
                "1.2.3",
                "two words",
                "a..b",
                "-a.example",
                "bücher.example",
                "a\nb",
                "*.example.com"
            })
    void everythingElseIsRefused(String text) {
        assertThatExceptionOfType(BadValue.class).isThrownBy(() -> Location.parse(text));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "http://host:3000/x, 'location = \"host:3000\"'",
        "https://host, 'location = \"host\", tls = true'",
        "ftp://host, only HTTP upstreams over TCP are possible",
        "2001:db8::1, 'an IPv6 address needs brackets: \"[2001:db8::1]\"'",
        "user@host:80, '\"host:80\"'",
        "host/x, '\"host\"; replace_path changes the path'"
    })
    void hintSaysWhatWouldDo(String text, String hint) {
        assertThatExceptionOfType(BadValue.class)
                .isThrownBy(() -> Location.parse(text))
                .satisfies(bad -> assertThat(bad.hint()).isEqualTo(hint));
    }
}
