package dev.gatehouse.route;

import static dev.gatehouse.config.TestConfig.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.config.EncodedSlash;
import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.config.TestConfig;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.TestRequest;
import java.util.List;
import org.eclipse.jetty.http.HttpURI;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
    /// a: TLS and plain. b: TLS, redirects. c: plaintext only. mtls: client certificates. wild: TLS wildcard,
    /// redirects.
    private static TestConfig apps() {
        return new TestConfig()
                .both(List.of("a.example", "www.a.example"), route("/"), route("/api"), route("/api/v2/"))
                .secured(List.of("b.example"), route("/only"))
                .plain(List.of("c.example"), route("/"))
                .mutual(List.of("mtls.example"), route("/"))
                .secured(List.of("wild.example", "*.wild.example"), route("/"));
    }

    private final Router router = Router.of(apps().build());

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "a.example, /, /",
        "A.Example:8080, /x?y, /",
        "a.example., /api, /api",
        "www.a.example, /api/v1, /api",
        "a.example, /apis, /",
        "a.example, /api/v2/x, /api/v2/",
        "a.example, /x/../api/y, /api",
        "a.example, /api/../x, /",
        "a.example, /x/%2e%2e/api, /api",
        "c.example, /, /",
    })
    void forwardsByHostAndPath(String host, String target, String path) {
        var decision = router.route(TestRequest.get(target, "Host: " + host));

        assertThat(decision).isInstanceOfSatisfying(Decision.Forward.class, forward -> {
            assertThat(forward.route().path()).isEqualTo(path);
            assertThat(forward.byDefault()).isFalse();
        });
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "/%61dmin",
                "/adm%69n",
                "/a%64min/",
                "/%61%64%6d%69%6e",
                "//admin",
                "///admin",
                "/x/..//admin",
                "http://guarded.example//admin",
                "/admin;x",
                "/admin;x/y",
                "/;x/admin",
                "/./admin//y"
            })
    void noSpellingOfAPathGoesPastItsRoute(String target) {
        var guarded = Router.of(new TestConfig()
                .plain(List.of("guarded.example"), route("/"), route("/admin"))
                .build());

        assertThat(guarded.route(TestRequest.get(target, "Host: guarded.example")))
                .isInstanceOfSatisfying(
                        Decision.Forward.class,
                        forward -> assertThat(forward.route().path()).isEqualTo("/admin"));
    }

    @ParameterizedTest(name = "/: {0}, /admin: {1}, {2}")
    @CsvSource({
        // Only refused where it makes a difference.
        ", , /%2fadmin, refused",
        ", , /admin%2f, refused",
        ", , /admin%2Fx, refused",
        ", , /admin%5cx, refused",
        ", , /x%2Fy, /",
        ", , /admin/x%2Fy, /admin",
        "REJECT, , /x%2Fy, refused",
        "REJECT, , /admin/x%2Fy, /admin",
        "REJECT, , /x/y, /",
        ", REJECT, /admin/x%2Fy, refused",
        "PASS, , /admin%2Fx, /",
        "PASS, REJECT, /admin%2Fx, refused",
        "DECODE, , /admin%2Fx, /admin decoded",
        "DECODE, , /%2fadmin, /admin decoded",
        "DECODE, , /x%2Fy, / decoded",
        "DECODE, PASS, /admin/x%2Fy, /admin",
    })
    void encodedSlashesAreReadAsTheRouteSays(
            @Nullable EncodedSlash root, @Nullable EncodedSlash admin, String target, String expected) {
        var router = Router.of(new TestConfig()
                .plain(List.of("guarded.example"), encoding("/", root), encoding("/admin", admin))
                .build());

        var found = switch (router.route(TestRequest.get(target, "Host: guarded.example"))) {
            case Decision.Forward forward -> forward.route().path() + (forward.slashesDecoded() ? " decoded" : "");
            case Decision.Refuse refuse when refuse.failure() == Failure.ENCODED_SLASH -> "refused";
            case Decision other -> other.toString();
        };
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void aRouteThatDecodesIsFoundByTheDecodedPathAlone() {
        var router = Router.of(new TestConfig()
                .plain(List.of("guarded.example"), encoding("/admin", EncodedSlash.DECODE))
                .build());

        assertThat(router.route(TestRequest.get("/admin%2fx", "Host: guarded.example")))
                .isInstanceOf(Decision.Forward.class);
        assertThat(refusal(router, TestRequest.get("/other%2fx", "Host: guarded.example")))
                .isEqualTo(Failure.NO_SUCH_ROUTE);
    }

    private static RouteConfig encoding(String path, @Nullable EncodedSlash encodedSlash) {
        return encodedSlash == null ? route(path) : route(path, encodedSlash);
    }

    @Test
    void makesNothingNewForTheSameRoute() {
        assertThat(router.route(TestRequest.get("/api/1", "Host: a.example")))
                .isSameAs(router.route(TestRequest.get("/api/2", "Host: www.a.example")));
    }

    @Test
    void refusesWithoutRouteOrApp() {
        assertThat(refusal(TestRequest.h2("b.example", "/other"))).isEqualTo(Failure.NO_SUCH_ROUTE);
        assertThat(refusal(TestRequest.get("/", "Host: nobody.example"))).isEqualTo(Failure.NO_SUCH_APP);
        assertThat(refusal(TestRequest.get("/", "Host: 192.0.2.1:8080"))).isEqualTo(Failure.NO_SUCH_APP);
    }

    @ParameterizedTest(name = "<{0}>")
    @ValueSource(
            strings = {"", "a b", "u@a.example", "a.example:0", "a.example:65536", "a.example:x", "::1", "a..example"})
    void refusesAnInvalidHost(String host) {
        assertThat(refusal(TestRequest.get("/", "Host: " + host))).isEqualTo(Failure.INVALID_HOST);
    }

    @Test
    void refusesNoHostAndSeveral() {
        assertThat(refusal(TestRequest.get("/"))).isEqualTo(Failure.INVALID_HOST);
        assertThat(refusal(TestRequest.get("/").as(Protocol.HTTP_1_0))).isEqualTo(Failure.INVALID_HOST);
        assertThat(refusal(TestRequest.get("/", "Host: a.example", "host: a.example")))
                .isEqualTo(Failure.INVALID_HOST);
        assertThat(refusal(TestRequest.h2(null, "/"))).isEqualTo(Failure.STREAM_AUTHORITY);
        assertThat(refusal(TestRequest.get("http://a.example/"))).isEqualTo(Failure.INVALID_HOST);
    }

    @Test
    void theAbsoluteFormAndHostMustAgree() {
        assertThat(router.route(TestRequest.get("http://A.example/x", "Host: a.example")))
                .isInstanceOf(Decision.Forward.class);
        assertThat(router.route(TestRequest.get("HTTP://a.example:8080/x", "Host: a.example:8080")))
                .isInstanceOf(Decision.Forward.class);
        assertThat(refusal(TestRequest.get("http://c.example/x", "Host: a.example")))
                .isEqualTo(Failure.INVALID_HOST);
        assertThat(refusal(TestRequest.get("http://a.example:81/x", "Host: a.example:82")))
                .isEqualTo(Failure.INVALID_HOST);
        assertThat(refusal(TestRequest.get("http://u:p@a.example/x", "Host: a.example")))
                .isEqualTo(Failure.INVALID_HOST);
        assertThat(refusal(TestRequest.get("http:///x", "Host: a.example"))).isEqualTo(Failure.INVALID_HOST);
        assertThat(refusal(TestRequest.get("http://a.example:0/x", "Host: a.example")))
                .isEqualTo(Failure.INVALID_HOST);
    }

    @Test
    void theAuthorityPseudoFieldAndHostMustAgree() {
        assertThat(router.route(TestRequest.h2("a.example", "/"))).isInstanceOf(Decision.Forward.class);
        assertThat(router.route(TestRequest.h2("a.example", "/", "host: a.example:8443")))
                .isInstanceOf(Decision.Forward.class);
        assertThat(router.route(TestRequest.h2(null, "/", "host: a.example").toServerName("a.example")))
                .isInstanceOf(Decision.Forward.class);
        assertThat(refusal(TestRequest.h2("a.example", "/", "host: b.example"))).isEqualTo(Failure.STREAM_AUTHORITY);
        assertThat(refusal(TestRequest.h2("a.example", "/", "host: a b"))).isEqualTo(Failure.STREAM_AUTHORITY);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "CONNECT, a.example:443, METHOD_NOT_ALLOWED",
        "TRACE, /, METHOD_NOT_ALLOWED",
        "GET, *, INVALID_TARGET",
        "GET, a.example:443, INVALID_TARGET",
        "GET, a.example, INVALID_TARGET",
        "GET, ftp://a.example/, INVALID_TARGET",
        "OPTIONS, '', INVALID_TARGET",
        "GET, /a#b, INVALID_PATH",
        "GET, /a#, INVALID_PATH",
        "GET, /?a#, INVALID_PATH",
        "GET, /a\\b, INVALID_PATH",
        "GET, /..%2fa, INVALID_PATH",
        "GET, /?a b, INVALID_PATH",
        "G(T, /, INVALID_METHOD",
        "'GET ', /, INVALID_METHOD",
    })
    void refusesMethodsAndTargets(String method, String target, Failure expected) {
        assertThat(refusal(TestRequest.h1(method, target, "Host: a.example"))).isEqualTo(expected);
    }

    @Test
    void nothingOfARequestLineHidesInAnHttp2Path() {
        var request = TestRequest.h2("a.example", "/");
        for (var path : new String[] {"/ HTTP/1.1\r\nHost: x", "/?q HTTP/1.1\r\nHost: x", "/?\u010a"}) {
            var uri = HttpURI.build().scheme("https").authority("a.example").pathQuery(path);
            var injected = new TestRequest("GET", uri, request.fields(), request.protocol(), request.connection());

            assertThat(refusal(injected)).isEqualTo(Failure.INVALID_PATH);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROPFIND", "get", "M-SEARCH", "PATCH"})
    void forwardsAnyOtherMethod(String method) {
        assertThat(router.route(TestRequest.h1(method, "/", "Host: a.example"))).isInstanceOf(Decision.Forward.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "http://a.example"})
    void optionsOfTheServerAreAnsweredHere(String target) {
        assertThat(router.route(TestRequest.h1("OPTIONS", target, "Host: a.example")))
                .isInstanceOf(Decision.ServerOptions.class);
        assertThat(refusal(TestRequest.h1("OPTIONS", "*", "Host: nobody.example")))
                .isEqualTo(Failure.NO_SUCH_APP);
        assertThat(router.route(TestRequest.h1("OPTIONS", "/", "Host: a.example")))
                .isInstanceOf(Decision.Forward.class);
    }

    @ParameterizedTest
    @CsvSource({"GET, 301", "HEAD, 301", "POST, 308", "PUT, 308", "OPTIONS, 308", "PROPFIND, 308"})
    void redirectsKeepTheMethod(String method, int status) {
        assertThat(router.route(TestRequest.h1(method, "/a", "Host: b.example")))
                .isInstanceOfSatisfying(
                        Decision.Redirect.class,
                        redirect -> assertThat(redirect.status()).isEqualTo(status));
    }

    @Test
    void http10WithoutHostGoesToTheDefaultApp() {
        var withDefault = Router.of(apps().defaultApp("a").build());
        var nameless = TestRequest.get("/api");

        assertThat(withDefault.route(nameless.as(Protocol.HTTP_1_0)))
                .isInstanceOfSatisfying(Decision.Forward.class, forward -> {
                    assertThat(forward.byDefault()).isTrue();
                    assertThat(forward.hostName()).isEqualTo("a.example");
                });
        assertThat(refusal(withDefault, nameless)).isEqualTo(Failure.INVALID_HOST);
        assertThat(refusal(withDefault, nameless.as(Protocol.HTTP_1_0).toServerName("a.example")))
                .isEqualTo(Failure.INVALID_HOST);
    }

    @Test
    void anAbsoluteFormWithoutPathIsTheRoot() {
        assertThat(router.route(TestRequest.get("http://a.example", "Host: a.example")))
                .isInstanceOf(Decision.Forward.class);
    }

    @Test
    void serverNameAndHostMustAgree() {
        var request = TestRequest.get("/", "Host: A.example:8443");

        assertThat(router.route(request.toServerName("a.example"))).isInstanceOf(Decision.Forward.class);
        assertThat(refusal(request.toServerName("b.example"))).isEqualTo(Failure.SNI_MISMATCH);
        assertThat(refusal(request.toServerName("www.a.example"))).isEqualTo(Failure.SNI_MISMATCH);
        assertThat(refusal(request.toServerName(null))).isEqualTo(Failure.SNI_MISMATCH);
        assertThat(refusal(TestRequest.get("/", "Host: nobody.example").toServerName("a.example")))
                .isEqualTo(Failure.SNI_MISMATCH);
        assertThat(refusal(TestRequest.get("/", "Host: x.wild.example").toServerName("y.wild.example")))
                .isEqualTo(Failure.SNI_MISMATCH);
        assertThat(router.route(TestRequest.get("/", "Host: x.wild.example").toServerName("x.wild.example")))
                .isInstanceOf(Decision.Forward.class);
        assertThat(router.route(TestRequest.get("/", "Host: a.example.").toServerName("a.example")))
                .isInstanceOf(Decision.Forward.class);
    }

    @Test
    void consistencyCanBeIgnoredButNotForSitesWithClientCertificates() {
        var lenient = Router.of(apps().ignoreSniConsistency().build());

        assertThat(lenient.route(TestRequest.get("/", "Host: a.example").toServerName("b.example")))
                .isInstanceOf(Decision.Forward.class);
        assertThat(lenient.route(TestRequest.get("/", "Host: a.example").toServerName(null)))
                .isInstanceOf(Decision.Forward.class);
        assertThat(lenient.route(TestRequest.get("/", "Host: mtls.example").toServerName("mtls.example")))
                .isInstanceOf(Decision.Forward.class);
        for (var other : new String[] {"a.example", null}) {
            assertThat(refusal(
                            lenient, TestRequest.get("/", "Host: mtls.example").toServerName(other)))
                    .isEqualTo(Failure.SNI_MISMATCH);
        }
        assertThat(refusal(lenient, TestRequest.get("/", "Host: nobody.example").toServerName("a.example")))
                .isEqualTo(Failure.NO_SUCH_APP);
    }

    @Test
    void anAppWithoutTlsIsNotReachedOverTls() {
        var lenient = Router.of(apps().ignoreSniConsistency().build());
        var request = TestRequest.get("/", "Host: c.example");

        assertThat(refusal(lenient, request.toServerName("a.example"))).isEqualTo(Failure.SNI_MISMATCH);
        assertThat(refusal(request.toServerName("a.example"))).isEqualTo(Failure.SNI_MISMATCH);
        assertThat(refusal(request.toServerName("c.example"))).isEqualTo(Failure.NO_SUCH_APP);
    }

    @ParameterizedTest(name = "{0}{1}")
    @CsvSource({
        "b.example, /a?b=1, https://b.example/a?b=1",
        "B.example.:8080, /only, https://b.example/only",
        "b.example, /nowhere/../x%2F?, https://b.example/nowhere/../x%2F?",
        "x.wild.example, /, https://x.wild.example/",
        "wild.example, /, https://wild.example/",
        "mtls.example, /, https://mtls.example/",
    })
    void redirectsPlaintextToTheRequestedNameBeforeItLooksForARoute(String host, String target, String location) {
        assertThat(router.route(TestRequest.h1("POST", target, "Host: " + host)))
                .isInstanceOfSatisfying(
                        Decision.Redirect.class,
                        redirect -> assertThat(redirect.location()).isEqualTo(location));
    }

    @Test
    void redirectsToThePublicPort() {
        var elsewhere = Router.of(apps().publicHttpsPort(8443).build());

        assertThat(elsewhere.route(TestRequest.get("/a?b=1", "Host: B.example:8080")))
                .isInstanceOfSatisfying(
                        Decision.Redirect.class,
                        redirect -> assertThat(redirect.location()).isEqualTo("https://b.example:8443/a?b=1"));
        assertThat(elsewhere.route(TestRequest.get("http://b.example?x", "Host: b.example")))
                .isInstanceOfSatisfying(
                        Decision.Redirect.class,
                        redirect -> assertThat(redirect.location()).isEqualTo("https://b.example:8443/?x"));
    }

    @Test
    void servesPlaintextWhereNobodyListensForTls() {
        var plaintext = Router.of(apps().publicHttpsPort(null).build());

        assertThat(plaintext.route(TestRequest.get("/only", "Host: b.example"))).isInstanceOf(Decision.Forward.class);
    }

    @Test
    void theDefaultAppServesUnknownHostsOverPlaintextOnly() {
        var withDefault = Router.of(apps().defaultApp("a").build());

        for (var host : new String[] {"nobody.example", "192.0.2.1:8080", "[2001:db8::1]"}) {
            assertThat(withDefault.route(TestRequest.get("/api/x", "Host: " + host)))
                    .isInstanceOfSatisfying(Decision.Forward.class, forward -> {
                        assertThat(forward.byDefault()).isTrue();
                        assertThat(forward.hostName()).isEqualTo("a.example");
                        assertThat(forward.route().path()).isEqualTo("/api");
                    });
        }
        assertThat(refusal(
                        withDefault,
                        TestRequest.get("/", "Host: nobody.example").toServerName("nobody.example")))
                .isEqualTo(Failure.NO_SUCH_APP);
        assertThat(refusal(withDefault, TestRequest.get("/", "Host: bad host"))).isEqualTo(Failure.INVALID_HOST);
        assertThat(withDefault.route(TestRequest.get("/", "Host: a.example")))
                .isInstanceOfSatisfying(
                        Decision.Forward.class,
                        forward -> assertThat(forward.byDefault()).isFalse());
    }

    @Test
    void aDefaultAppThatRedirectsUsesItsOwnName() {
        var withDefault = Router.of(apps().defaultApp("b").build());

        assertThat(withDefault.route(TestRequest.get("/x", "Host: nobody.example")))
                .isInstanceOfSatisfying(
                        Decision.Redirect.class,
                        redirect -> assertThat(redirect.location()).isEqualTo("https://b.example/x"));
    }

    @Test
    void aDefaultAppNeedsANameToBecomeHost() {
        var config = new TestConfig()
                .plain(List.of("*.example"), route("/"))
                .defaultApp("*")
                .build();

        assertThatThrownBy(() -> Router.of(config)).hasMessageContaining("default_app '*'");
    }

    @Test
    void whatItTellsTheLogIsOneShortPrintableLine() {
        var decision = router.route(TestRequest.get("/", "Host: \u001b[31m\u00e9" + "x".repeat(5000)));

        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.Refuse.class,
                        refuse -> assertThat(refuse.detail())
                                .startsWith("host=?[31m?xxx")
                                .hasSizeLessThan(300));
    }

    private Failure refusal(TestRequest request) {
        return refusal(router, request);
    }

    private static Failure refusal(Router router, TestRequest request) {
        return switch (router.route(request)) {
            case Decision.Refuse refuse -> refuse.failure();
            case Decision other -> throw new AssertionError(other);
        };
    }
}
