package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.support.AccessLine;
import dev.gatehouse.support.Answer;
import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.Inputs;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.Received;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.TestOrigin;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Which app and route serve a request. The first segment of what the origin gets tells.
@Timeout(60)
class RoutingIT {
    private static final AtomicInteger CASE = new AtomicInteger();

    @RegisterExtension
    static final Stage STRICT = Stage.of(RoutingIT::apps);

    @RegisterExtension
    static final Stage LENIENT =
            Stage.of(origin -> apps(origin).top("default_app = \"fallback\"").top("ignore_sni_consistency = true"));

    private static ProxyUnderTest.Setup apps(TestOrigin origin) {
        return ProxyUnderTest.with(
                tagged(origin, "one", "app.example"),
                tagged(origin, "list", "first.example", "second.example"),
                tagged(origin, "wild", "*.wild.example"),
                tagged(origin, "special", "special.wild.example"),
                tagged(origin, "plain", "plain.example").plainOnly(),
                tagged(origin, "secure", "secure.example").redirecting(),
                tagged(origin, "fallback", "*.fallback.example", "fallback.example"),
                AppUnderTest.named("paths", "paths.example")
                        .route("/", origin.address())
                        .routeWith("/map", AppUnderTest.upstreams(origin.address()), "replace_path = \"/m\"")
                        .routeWith("/map/deep", AppUnderTest.upstreams(origin.address()), "replace_path = \"/\"")
                        .routeWith("/raw", AppUnderTest.upstreams(origin.address()), "encoded_slash = \"pass\"")
                        .routeWith("/code", AppUnderTest.upstreams(origin.address()), "encoded_slash = \"decode\"")
                        .routeWith("/slash/", AppUnderTest.upstreams(origin.address()), "replace_path = \"/s/\""),
                AppUnderTest.named("some", "some.example")
                        .routeWith("/only", AppUnderTest.upstreams(origin.address()), "replace_path = \"/some\""));
    }

    private static AppUnderTest tagged(TestOrigin origin, String name, String... serverNames) {
        return AppUnderTest.named(name, serverNames)
                .routeWith("/", AppUnderTest.upstreams(origin.address()), "replace_path = \"/" + name + "\"");
    }

    /// Sends a GET over a connection whose handshake names the host.
    private static Answer get(Stage stage, Front front, String host, String target) {
        return send(stage, front, host, Request.get(target).to(host));
    }

    private static Answer send(Stage stage, Front front, String serverName, Request request) {
        try (var client = front.connect(stage.proxy(), serverName, 0)) {
            return client.send(request);
        }
    }

    private static String unique(String path) {
        return path + "?case=" + CASE.incrementAndGet();
    }

    /// What the origin got of a request that must pass.
    private static Received passed(Stage stage, Front front, String serverName, String authority) {
        var target = unique("/x");
        var answer = send(stage, front, serverName, Request.get(target).to(authority));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        var query = target.substring(target.indexOf('?'));
        return stage.origin().awaitRequest(request -> request.target().endsWith(query));
    }

    @EveryProtocol
    void exactNameIsFoundBeforeTheWildcard(Front front) {
        assertThat(passed(STRICT, front, "special.wild.example", "special.wild.example")
                        .path())
                .isEqualTo("/special/x");
        assertThat(passed(STRICT, front, "other.wild.example", "other.wild.example")
                        .path())
                .isEqualTo("/wild/x");
    }

    @EveryProtocol
    void everyNameOfAListLeadsToTheApp(Front front) {
        assertThat(passed(STRICT, front, "first.example", "first.example").path())
                .isEqualTo("/list/x");
        assertThat(passed(STRICT, front, "second.example", "second.example").path())
                .isEqualTo("/list/x");
    }

    @EveryProtocol
    void caseTrailingDotAndPortOfTheHostDoNotCount(Front front) {
        for (var host : new String[] {"APP.Example", "app.example.", "app.example:8443", "App.Example.:1"}) {
            assertThat(passed(STRICT, front, "app.example", host).path())
                    .as(host)
                    .isEqualTo("/one/x");
        }
    }

    @ParameterizedTest
    @MethodSource("unknownHosts")
    void unknownHostsGetNothingOverPlaintext(Front front, String host) {
        int before = STRICT.origin().requests().size();

        var answer = get(STRICT, front, host, "/");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.isComplete()).isTrue();
        assertThat(STRICT.origin().requests()).hasSize(before);
    }

    static Stream<Arguments> unknownHosts() {
        return Stream.of("unknown.example", "a.b.wild.example", "wild.example", "127.0.0.1", "[::1]:80")
                .flatMap(host -> Stream.of(Arguments.of(Front.H1, host), Arguments.of(Front.H2C, host)));
    }

    @ParameterizedTest
    @MethodSource("secureFronts")
    void unknownServerNamesEndInTheHandshake(Front front) {
        for (var name : new String[] {"unknown.example", "a.b.wild.example", "plain.example"}) {
            assertThatThrownBy(() -> front.connect(STRICT.proxy(), name, 0))
                    .as(name)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("unrecognized_name");
        }
    }

    static Stream<Front> secureFronts() {
        return Stream.of(Front.H1_TLS, Front.H2);
    }

    static Stream<Front> plainFronts() {
        return Stream.of(Front.H1, Front.H2C);
    }

    @ParameterizedTest
    @MethodSource("plainFronts")
    void theDefaultAppServesUnknownHostsUnderItsOwnName(Front front) {
        var received = passed(LENIENT, front, "", "unknown.example:81");

        assertThat(received.path()).isEqualTo("/fallback/x");
        assertThat(received.fields().values("Host")).containsExactly("fallback.example");
        assertThat(received.fields().values("X-Forwarded-Host")).containsExactly("unknown.example:81");
    }

    @ParameterizedTest
    @MethodSource("secureFronts")
    void theDefaultAppIsForPlaintextOnly(Front front) {
        var answer = send(LENIENT, front, "app.example", Request.get("/").to("unknown.example"));

        assertThat(answer.status()).isEqualTo(503);
    }

    @Test
    void http10WithoutHostIsServedByTheDefaultApp() {
        var target = unique("/x");
        try (var client = RawHttp1Client.plain(LENIENT.proxy().plain())) {
            assertThat(client.exchange("GET " + target + " HTTP/1.0\r\n\r\n").status())
                    .isEqualTo(200);
        }
        var received = LENIENT.origin().awaitRequest("/fallback" + target);
        assertThat(received.fields().values("Host")).containsExactly("fallback.example");
    }

    @Test
    void optionsOfTheServerAreAnsweredHere() {
        int before = STRICT.origin().requests().size();
        try (var client = RawHttp1Client.plain(STRICT.proxy().plain())) {
            for (int i = 0; i < 2; i++) {
                var answer = client.exchange("OPTIONS * HTTP/1.1\r\nHost: app.example\r\n\r\n");

                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.fields().values("Allow")).hasSize(1);
            }
        }
        assertThat(STRICT.origin().requests()).hasSize(before);
    }

    @ParameterizedTest
    @MethodSource("prefixes")
    void theLongestPrefixBySegmentsWinsAndIsReplaced(Front front, String target, String arrives) {
        var mark = "case=" + CASE.incrementAndGet();
        var marked = target + (target.indexOf('?') < 0 ? "?" : "&") + mark;

        var answer = get(STRICT, front, "paths.example", marked);

        assertThat(answer.status()).isEqualTo(200);
        var received = STRICT.origin().awaitRequest(request -> request.target().endsWith(mark));
        assertThat(received.target()).isEqualTo(arrives + (arrives.indexOf('?') < 0 ? "?" : "&") + mark);
    }

    static Stream<Arguments> prefixes() {
        return Stream.of(
                        new String[] {"/", "/"},
                        new String[] {"/map", "/m"},
                        new String[] {"/map/", "/m/"},
                        new String[] {"/map/x?q=1", "/m/x?q=1"},
                        new String[] {"//m%61p;v=1/x%2Fy", "/m/x%2Fy"},
                        new String[] {"/raw/x%2Fy", "/raw/x%2Fy"},
                        new String[] {"/code/x%2Fy%5cz", "/code/x/y/z"},
                        new String[] {"/maps", "/maps"},
                        new String[] {"/MAP", "/MAP"},
                        new String[] {"/map/deeper", "/m/deeper"},
                        new String[] {"/map/deep", "/"},
                        new String[] {"/map/deep/y", "/y"},
                        new String[] {"/map/deep/y//z", "/y//z"},
                        new String[] {"/slash/a%20b", "/s/a%20b"},
                        new String[] {"/kept/%41/as?it=%2F&is", "/kept/%41/as?it=%2F&is"})
                .flatMap(row -> Stream.of(Front.values()).map(front -> Arguments.of(front, row[0], row[1])));
    }

    @EveryProtocol
    void aPathWithoutRouteIsNotFound(Front front) {
        assertThat(get(STRICT, front, "some.example", unique("/only/this")).status())
                .isEqualTo(200);

        var answer = get(STRICT, front, "some.example", "/onlythis");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text()).contains("There is nothing at this path.");
    }

    @ParameterizedTest
    @MethodSource("plainFronts")
    void plaintextIsRedirectedToHttps(Front front) {
        int before = STRICT.origin().requests().size();

        var answer = get(STRICT, front, "SECURE.example:8080", "/a%20b/c?d=1&e=%2F");

        assertThat(answer.status()).isEqualTo(301);
        assertThat(answer.fields().values("Location")).containsExactly("https://secure.example:8443/a%20b/c?d=1&e=%2F");
        assertThat(STRICT.origin().requests()).hasSize(before);
    }

    @ParameterizedTest
    @MethodSource("plainFronts")
    void everyMethodIsRedirected(Front front) {
        for (var method : new String[] {"HEAD", "POST", "PUT", "DELETE", "OPTIONS"}) {
            var answer = send(STRICT, front, "", Request.of(method, "/x").to("secure.example"));

            assertThat(answer.status()).as(method).isEqualTo(method.equals("HEAD") ? 301 : 308);
            assertThat(answer.fields().values("Location")).containsExactly("https://secure.example:8443/x");
        }
    }

    @ParameterizedTest
    @MethodSource("secureFronts")
    void tlsIsNotRedirected(Front front) {
        assertThat(passed(STRICT, front, "secure.example", "secure.example").path())
                .isEqualTo("/secure/x");
    }

    @Test
    void aRedirectLeavesOutThePortThatHttpsHasAnyway() throws Exception {
        try (var origin = TestOrigin.start();
                var proxy = ProxyUnderTest.with(
                                tagged(origin, "secure", "secure.example").redirecting())
                        .publicHttpsPort(443)
                        .start();
                var client = Front.H1.connect(proxy)) {
            assertThat(client.send(Request.get("/x").to("secure.example"))
                            .fields()
                            .values("Location"))
                    .containsExactly("https://secure.example/x");
        }
    }

    @ParameterizedTest
    @MethodSource("mismatches")
    void anotherHostThanThatOfTheHandshakeIsMisdirected(Front front, String host) {
        int before = STRICT.origin().requests().size();

        var answer = send(STRICT, front, "other.wild.example", Request.get("/").to(host));

        assertThat(answer.status()).isEqualTo(421);
        assertThat(STRICT.origin().requests()).hasSize(before);
    }

    static Stream<Arguments> mismatches() {
        return Inputs.every(Stream.of("app.example", "another.wild.example", "unknown.example", "127.0.0.1"))
                .filter(arguments -> ((Front) arguments.get()[0]).secure());
    }

    @ParameterizedTest
    @MethodSource("secureFronts")
    void theCheckOfTheHandshakesNameCanBeTurnedOff(Front front) {
        assertThat(passed(LENIENT, front, "other.wild.example", "app.example").path())
                .isEqualTo("/one/x");
    }

    @ParameterizedTest
    @MethodSource("secureFronts")
    void anAppWithoutCertificateIsNotServedOverTls(Front front) {
        var answer = send(LENIENT, front, "app.example", Request.get("/").to("plain.example"));

        assertThat(answer.status()).isEqualTo(421);
    }

    @EveryProtocol
    void refusalsAreLoggedWithTheirReasonAndId(Front front) {
        var noRoute = unique("/nowhere");
        var noApp = unique("/x");
        var id = get(STRICT, front, "some.example", noRoute).fields().first("X-Request-Id");
        send(STRICT, front, "some.example", Request.get(noApp).to("unknown.example"));

        var line = logged(noRoute);
        assertThat(line.status()).isEqualTo(404);
        assertThat(line.failure()).isEqualTo("route.path");
        assertThat(id).hasValue(line.value("request_id"));
        line = logged(noApp);
        assertThat(line.failure()).isEqualTo(front.secure() ? "tls.sni_mismatch" : "route.host");
        assertThat(line.value("upstream")).isEmpty();
    }

    private static AccessLine logged(String target) {
        return STRICT.proxy()
                .awaitAccess(target, access -> access.value("target").equals(target));
    }
}
