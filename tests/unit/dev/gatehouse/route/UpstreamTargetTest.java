package dev.gatehouse.route;

import static dev.gatehouse.config.TestConfig.route;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.http.TestRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamTargetTest {
    @ParameterizedTest(name = "{0} -> {1}: {2} becomes {3}")
    @CsvSource({
        "/foo, /new, /foo/bar?q=1, /new/bar?q=1",
        "/foo, /new, /foo?q=1, /new?q=1",
        "/foo, /new, /foo/, /new/",
        "/foo, /new, /foo//x, /new//x",
        "/foo, /new/, /foo/bar, /new/bar",
        "/foo, /new/, /foo, /new/",
        "/subapp1, /, /subapp1/x, /x",
        "/subapp1, /, /subapp1, /",
        "/subapp1, /, /subapp1/, /",
        "/subapp1, /, /subapp1/?, /?",
        "/, /new, /a, /new/a",
        "/, /new, /, /new",
        "/, /new/, /a, /new/a",
        "/, /, /a, /a",
        "/foo/, /new, /foo/bar, /new/bar",
        "/foo/, /new, /foo/, /new",
        "/foo/, /, /foo/bar, /bar",
        "/foo/, /new/, /foo/bar, /new/bar",
        "/foo, , /foo/bar?q=1&r, /foo/bar?q=1&r",
        "/, , /, /",
        "/, , /?, /?",
        "/, , /a%2Fb//c;d?x=%00, /a%2Fb//c;d?x=%00",
        "/, , /a/../b?x=/../, /b?x=/../",
        "/b, /n, /a/../b/c, /n/c",
    })
    void joinsBySegments(String path, String replacement, String target, String expected) {
        assertThat(UpstreamTarget.of(route(path, replacement), TestRequest.get(target)))
                .isEqualTo(expected);
    }

    @Test
    void keepsThePathItselfWhereNothingChanges() {
        var request = TestRequest.get("/a/b");

        assertThat(UpstreamTarget.of(route("/"), request))
                .isSameAs(request.uri().getPath());
    }

    @Test
    void asteriskFormStaysSo() {
        assertThat(UpstreamTarget.of(route("/", "/new"), TestRequest.h1("OPTIONS", "*")))
                .isEqualTo("*");
        assertThat(UpstreamTarget.of(route("/", "/new"), TestRequest.h1("OPTIONS", "http://a.example")))
                .isEqualTo("*");
    }

    @Test
    void anAbsoluteFormWithoutPathMeansTheRoot() {
        assertThat(UpstreamTarget.of(route("/"), TestRequest.get("http://a.example")))
                .isEqualTo("/");
        assertThat(UpstreamTarget.of(route("/"), TestRequest.get("http://a.example?q")))
                .isEqualTo("/?q");
        assertThat(UpstreamTarget.of(route("/"), TestRequest.get("http://a.example/x?q")))
                .isEqualTo("/x?q");
    }
}
