package dev.gatehouse.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.CanonicalPath;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestPathTest {
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "/",
                "/foo",
                "/foo/",
                "//",
                "//foo",
                "/foo//bar",
                "/a;b=c/d",
                "/a%20b",
                "/a%2Fb",
                "/a%2fb%5cc",
                "/%c0%ae%c0%ae/",
                "/%252e%252e/",
                "/.hidden",
                "/..hidden",
                "/...",
                "/a./b..",
                "/.well-known/acme-challenge/x",
                "/a%2f.b",
                "/a%2f...",
                "/%2e%2e%2e",
                "/.%2ehidden",
                "/a;..",
                "/~u/(x)!$&'*+,=:@",
                "/{x}|\"<>^`",
                "/%ff",
                "/...;x",
                "/*"
            })
    void keepsAPathWithoutDotSegmentsByteForByte(String raw) {
        assertThat(forwarded(raw)).isSameAs(raw);
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource({
        "/., /",
        "/.., /",
        "/./, /",
        "/../, /",
        "/../../a, /a",
        "/a/.., /",
        "/a/../, /",
        "/a/../b, /b",
        "/a/./b, /a/b",
        "/a/b/., /a/b/",
        "/a/b/.., /a/",
        "/a/b/../../../c, /c",
        "/a/b/c/./../../g, /a/g",
        "/a//../b, /a/b",
        "/a/..//b, //b",
        "/%2e/a, /a",
        "/a/%2e%2E/b, /b",
        "/a/.%2e/b, /b",
        "/a/%2e./b, /b",
        "/a/%2e%2e, /",
        "/a%20b/../c%2Fd, /c%2Fd",
        "/.hidden/../..x, /..x",
    })
    void resolvesDotSegmentsAlsoEscapedOnes(String raw, String expected) {
        assertThat(forwarded(raw)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "<{0}>")
    @ValueSource(
            strings = {
                "/%00",
                "/a%00b",
                "/%",
                "/%4",
                "/%zz",
                "/%u0041",
                "/a%2",
                "/a b",
                "/a\tb",
                "/a\r\nb",
                "/a\0",
                "/\u007f",
                "/\u0080",
                "/\u00e9",
                "/\u4e2d",
                "/\u010a",
                "/a#",
                "/a#b",
                "/a\\b",
                "/..\\b",
                "/..%2fb",
                "/a/..%2Fb",
                "/a%2f..%2fb",
                "/a%2f..",
                "/a%5c..",
                "/..%5cb",
                "/%2e%2e%2fb",
                "/a%2f%2e%2e/b",
                "/..;/b",
                "/a/..;x/b",
                "/.;/b",
                "/%2e%2e;/b",
                "/a%2f.%2fb",
                "/a%2f..;x"
            })
    void refusesWhatNoServerOrNotEveryServerReadsAlike(String raw) {
        assertThat(RequestPath.of(raw)).isNull();
    }

    @Test
    void queriesAreVisibleAsciiWithoutFragment() {
        assertThat(RequestPath.isQuery("")).isTrue();
        assertThat(RequestPath.isQuery("a=b&c=%00/../\\?[]{}|")).isTrue();
        for (var bad : new String[] {"a b", "a\r\nHost: x", "a\0", "\u007f", "\u00e9", "\u010a", "a#b"}) {
            assertThat(RequestPath.isQuery(bad)).as(bad).isFalse();
        }
    }

    @Test
    void anyNormalFormIsItsOwnAndHasNoDotSegmentForAnybody() {
        var random = new Random(23);
        var pieces =
                new String[] {"a", ".", "..", "%2e", "%2E", "/", "/", "%2f", "%5C", ";", "%25", "b", "%c0%ae", "%3b"};
        for (int i = 0; i < 200_000; i++) {
            var raw = new StringBuilder("/");
            for (int length = random.nextInt(9); length > 0; length--) {
                raw.append(pieces[random.nextInt(pieces.length)]);
            }
            var read = RequestPath.of(raw.toString());
            if (read != null) {
                var path = read.forwarded();
                assertThat(forwarded(path)).as("%s of %s", path, raw).isSameAs(path);
                var decoded = URLDecoder.decode(path.replaceAll(";[^/]*", ""), StandardCharsets.ISO_8859_1);
                assertThat(Arrays.asList(decoded.split("[/\\\\]")))
                        .as("%s of %s", path, raw)
                        .doesNotContain(".", "..");
                assertThat(path).startsWith("/");
                assertThat(read.canonical()).isEqualTo(CanonicalPath.of(path));
                assertThat(forwarded(read.canonical())).isSameAs(read.canonical());
                var slashes = read.decoded();
                assertThat(RequestPath.of(slashes.forwarded()))
                        .as("%s", slashes)
                        .isEqualTo(slashes);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/", "/admin", "/a/b/", "/a%2Fb", "/caf%C3%A9", "/@x"})
    void canonicalPathsAreTheStringThatCame(String raw) {
        assertThat(Objects.requireNonNull(RequestPath.of(raw)).canonical()).isSameAs(raw);
    }

    @ParameterizedTest(name = "{0} counts as {2}, is passed on as {1}")
    @CsvSource({
        "/%61dmin, /%61dmin, /admin",
        "//admin, //admin, /admin",
        "/admin;x/y, /admin;x/y, /admin/y",
        "/x/..//admin, //admin, /admin",
        "/x/%2e%2e/%61, /%61, /a",
        "/a%2fb, /a%2fb, /a%2Fb",
    })
    void everythingIsDecidedByTheCanonicalFormAndTheOtherIsPassedOn(String raw, String forwarded, String canonical) {
        var path = Objects.requireNonNull(RequestPath.of(raw));

        assertThat(path.forwarded()).isEqualTo(forwarded);
        assertThat(path.canonical()).isEqualTo(canonical);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "/a%2Fb, /a/b, /a/b",
        "/%2fadmin, //admin, /admin",
        "/admin%2f, /admin/, /admin/",
        "/a%5Cb%5cc;x, /a/b/c;x, /a/b/c",
        "/%61%2f%62, /%61/%62, /a/b",
    })
    void encodedSlashesCanBeDecodedInBothForms(String raw, String forwarded, String canonical) {
        var path = Objects.requireNonNull(RequestPath.of(raw));

        assertThat(path.encodedSlash()).isTrue();
        assertThat(path.decoded()).isEqualTo(new RequestPath(forwarded, canonical, false));
    }

    private static String forwarded(String raw) {
        return Objects.requireNonNull(RequestPath.of(raw)).forwarded();
    }
}
