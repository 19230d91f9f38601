package dev.gatehouse.route;

import static dev.gatehouse.config.TestConfig.route;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.http.TestRequest;
import java.util.Objects;
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
        "/foo, /new, /f%6fo/b%61r, /new/b%61r",
        "/foo, /new, //foo//x, /new//x",
        "/foo, /new, /foo;v=1/x;y, /new/x;y",
        "/foo, /new, /;a/foo;v=1, /new",
        "/foo/bar, /new, //foo;a//b%61r/x, /new/x",
        "/foo, /, //foo, /",
        "/caf%C3%A9, /new, /caf%c3%a9/x, /new/x",
    })
    void joinsBySegments(String path, String replacement, String target, String expected) {
        assertThat(target(route(path, replacement), TestRequest.get(target))).isEqualTo(expected);
    }

    @Test
    void keepsThePathItselfWhereNothingChanges() {
        var request = TestRequest.get("/a/b");

        assertThat(target(route("/"), request)).isSameAs(request.uri().getPath());
    }

    @Test
    void anAbsoluteFormWithoutPathMeansTheRoot() {
        assertThat(target(route("/"), TestRequest.get("http://a.example"))).isEqualTo("/");
        assertThat(target(route("/"), TestRequest.get("http://a.example?q"))).isEqualTo("/?q");
        assertThat(target(route("/"), TestRequest.get("http://a.example/x?q"))).isEqualTo("/x?q");
    }

    private static String target(RouteConfig route, TestRequest request) {
        var path = Objects.requireNonNull(RequestTarget.path(request.method(), request.uri()));
        return UpstreamTarget.of(route, path, request.uri().getQuery());
    }
}
