package dev.gatehouse.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalPathTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "/, /",
        "/admin, /admin",
        "/admin/, /admin/",
        "/%61dmin, /admin",
        "/%61%64%6D%69%6e, /admin",
        "/a%2d%2E%5f%7e%30, /a-._~0",
        "/%40x%21%24%26%28%29%2a%2b%3a%3d, /@x!$&()*+:=",
        "/%7Bx%7d, /{x}",
        "//admin, /admin",
        "///a//b///, /a/b/",
        "/admin;x, /admin",
        "/admin;x=1;y/z, /admin/z",
        "/;x/admin, /admin",
        "/admin/;x, /admin/",
        "/a;b//c;, /a/c",
        "/caf%c3%a9, /caf%C3%A9",
        "/%20%c0%ae, /%20%C0%AE",
        "/a%2fb, /a%2Fb",
        "/a%5cb%3bc%25d%3fe%23, /a%5Cb%3Bc%25d%3Fe%23",
        "/%2561dmin, /%2561dmin",
        "/Admin, /Admin",
    })
    void spellingsOfOnePathAreOne(String path, String canonical) {
        assertThat(CanonicalPath.of(path)).isEqualTo(canonical);
        assertThat(CanonicalPath.of(canonical)).isEqualTo(canonical);
    }
}
