package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathTextTest {
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/", "/foo", "/foo/", "/a//b", "/caf%C3%A9", "/a;b=c", "/.well-known", "/...", "/a.b"})
    void pathsAreAccepted(String path) throws BadValue {
        assertThat(PathText.parse(path)).isEqualTo(path);
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(
            strings = {
                "", "foo", "*", "/a?b", "/a#b", "/a b", "/café", "/a\nb", "/a/../b", "/.", "/%2e/x", "/a\\b", "/%",
                "/%zz"
            })
    void pathsThatNoRequestHasAreRefused(String path) {
        assertThatExceptionOfType(BadValue.class).isThrownBy(() -> PathText.parse(path));
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"/foo/, /foo", "/foo//, /foo", "/foo, /foo", "/, /", "//, /"})
    void trailingSlashesGo(String path, String without) {
        assertThat(PathText.withoutTrailingSlash(path)).isEqualTo(without);
    }
}
