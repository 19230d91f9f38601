package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.Answer;
import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.EveryHttp1;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Received;
import dev.gatehouse.support.Relay;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What the upstream sees of a request, and the client of an answer, beside the bodies.
@Timeout(60)
class ForwardingIT {
    private static final AtomicInteger CASE = new AtomicInteger();
    private static final Relay BACK_TO_US = Relay.start();

    @RegisterExtension
    static final Stage DIRECT = Stage.of(ForwardingIT::setup);

    @RegisterExtension
    static final Stage BEHIND_PROXIES =
            Stage.of(origin -> setup(origin).top("trusted_forwarded_proxies = [\"127.0.0.0/8\", \"10.0.0.0/8\"]"));

    @AfterAll
    static void stop() throws IOException {
        BACK_TO_US.close();
    }

    private static ProxyUnderTest.Setup setup(TestOrigin origin) {
        return ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                .route("/", origin.address())
                .route("/loop", BACK_TO_US.address())
                .route("/refused", TestOrigin.refusingAddress())
                .routeWith("/keep", AppUnderTest.upstreams(origin.address()), options("keep_original_host"))
                .routeWith("/set", AppUnderTest.upstreams(origin.address()), options("set_upstream_host"))
                .routeWith(
                        "/both",
                        AppUnderTest.upstreams(origin.address()),
                        options("set_upstream_host", "keep_original_host"))
                .routeWith("/insecure", AppUnderTest.upstreams(origin.address()), options("upgrade_insecure_requests"))
                .routeWith("/forwarded", AppUnderTest.upstreams(origin.address()), options("forwarded_header"))
                .routeWith("/h11", AppUnderTest.upstreams(origin.address()), options("force_http11_upstream")));
    }

    private static String options(String... options) {
        return "upstream_options = [\"" + String.join("\", \"", options) + "\"]";
    }

    private static Answer send(Stage stage, Front front, Request request) {
        try (var client = front.connect(stage.proxy())) {
            return client.send(request);
        }
    }

    private static String unique(String path) {
        return path + "?case=" + CASE.incrementAndGet();
    }

    /// What the origin got of a request for a path of its own, with these fields.
    private static Received received(Stage stage, Front front, String path, String... fields) {
        var request = Request.get(unique(path));
        for (int i = 0; i < fields.length; i += 2) {
            request = request.with(fields[i], fields[i + 1]);
        }
        var answer = send(stage, front, request);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return stage.origin().awaitRequest(request.target());
    }

    private static String scheme(Front front) {
        return front.secure() ? "https" : "http";
    }

    /// `public_https_port` over TLS, else the listener's.
    private static String port(Stage stage, Front front) {
        return front.secure() ? "8443" : Integer.toString(stage.proxy().plain().getPort());
    }

    // ---- whom nobody believes

    @EveryProtocol
    void theUpstreamLearnsWhoAsksAndHow(Front front) {
        var request = received(DIRECT, front, "/x");

        var fields = request.fields();
        assertThat(request.line()).isEqualTo("GET " + request.target() + " HTTP/1.1");
        assertThat(fields.values("Host")).containsExactly("app.example");
        assertThat(fields.values("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(fields.values("X-Real-IP")).containsExactly("127.0.0.1");
        assertThat(fields.values("X-Forwarded-Proto")).containsExactly(scheme(front));
        assertThat(fields.values("X-Forwarded-SSL")).containsExactly(front.secure() ? "on" : "off");
        assertThat(fields.values("X-Forwarded-Port")).containsExactly(port(DIRECT, front));
        assertThat(fields.values("X-Forwarded-Host")).containsExactly("app.example");
        assertThat(fields.values("X-Original-URI")).containsExactly(request.target());
        assertThat(fields.first("X-Request-Id").orElse("")).matches("[0-9a-f]{32}");
        assertThat(fields.first("Via").orElse("")).matches((front.multiplexed() ? "2" : "1\\.1") + " gatehouse-\\w+");
        assertThat(fields.has("Forwarded")).isFalse();
        assertThat(fields.has("Connection")).isFalse();
        assertThat(fields.has("Transfer-Encoding")).isFalse();
    }

    @EveryProtocol
    void claimsOfAnUntrustedClientAreReplaced(Front front) {
        var fields = received(
                        DIRECT,
                        front,
                        "/x",
                        "X-Forwarded-For",
                        "1.2.3.4",
                        "X-Forwarded-For",
                        "1.2.3.5",
                        "X-Real-IP",
                        "1.2.3.4",
                        "X-Forwarded-Proto",
                        "gopher",
                        "X-Forwarded-Port",
                        "1",
                        "X-Forwarded-SSL",
                        "maybe",
                        "X-Forwarded-Host",
                        "evil.example",
                        "X-Original-URI",
                        "/evil",
                        "X-Request-Id",
                        "evil",
                        "Forwarded",
                        "for=1.2.3.4;proto=https;host=evil.example",
                        "Proxy",
                        "http://evil.example/")
                .fields();

        assertThat(fields.values("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(fields.values("X-Real-IP")).containsExactly("127.0.0.1");
        assertThat(fields.values("X-Forwarded-Proto")).containsExactly(scheme(front));
        assertThat(fields.values("X-Forwarded-Port")).containsExactly(port(DIRECT, front));
        assertThat(fields.values("X-Forwarded-SSL")).containsExactly(front.secure() ? "on" : "off");
        assertThat(fields.values("X-Forwarded-Host")).containsExactly("app.example");
        assertThat(fields.values("Forwarded"))
                .containsExactly("for=127.0.0.1;proto=" + scheme(front) + ";host=app.example");
        assertThat(fields.values("X-Request-Id")).doesNotContain("evil").hasSize(1);
        assertThat(fields.values("X-Original-URI")).doesNotContain("/evil").hasSize(1);
        assertThat(String.join(",", fields.values("Proxy"))).isEmpty();
    }

    // ---- whom we believe

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("chains")
    void chainsOfTrustedProxiesAreBelievedUpToTheFirstStranger(Front front, String claimed, String chain, String real) {
        var fields = received(BEHIND_PROXIES, front, "/x", "X-Forwarded-For", claimed)
                .fields();

        assertThat(fields.values("X-Forwarded-For")).containsExactly(chain);
        assertThat(fields.values("X-Real-IP")).containsExactly(real);
    }

    static Stream<Arguments> chains() {
        return everyWith(
                new String[] {"198.51.100.10", "198.51.100.10, 127.0.0.1", "198.51.100.10"},
                new String[] {"198.51.100.10, 10.9.0.4", "198.51.100.10, 10.9.0.4, 127.0.0.1", "198.51.100.10"},
                new String[] {"6.6.6.6, 203.0.113.20", "203.0.113.20, 127.0.0.1", "203.0.113.20"},
                new String[] {"x, unknown, 203.0.113.20", "203.0.113.20, 127.0.0.1", "203.0.113.20"},
                new String[] {"10.1.2.3", "10.1.2.3, 127.0.0.1", "10.1.2.3"},
                new String[] {"2001:db8::1", "2001:db8::1, 127.0.0.1", "2001:db8::1"},
                new String[] {"nonsense", "127.0.0.1", "127.0.0.1"});
    }

    @EveryProtocol
    void aTrustedProxyTellsSchemePortAndId(Front front) {
        var other = front.secure() ? "http" : "https";
        var fields = received(
                        BEHIND_PROXIES,
                        front,
                        "/x",
                        "X-Forwarded-For",
                        "198.51.100.10",
                        "X-Forwarded-Proto",
                        other,
                        "X-Forwarded-Port",
                        "4711",
                        "X-Request-Id",
                        "their-id.7")
                .fields();

        assertThat(fields.values("X-Forwarded-Proto")).containsExactly(other);
        assertThat(fields.values("X-Forwarded-SSL")).containsExactly(front.secure() ? "off" : "on");
        assertThat(fields.values("X-Forwarded-Port")).containsExactly("4711");
        assertThat(fields.values("X-Request-Id")).containsExactly("their-id.7");
    }

    @EveryProtocol
    void forwardedOfATrustedProxyIsContinued(Front front) {
        var fields = received(BEHIND_PROXIES, front, "/x", "Forwarded", "for=198.51.100.10, for=10.9.0.4")
                .fields();

        assertThat(fields.values("Forwarded"))
                .containsExactly(
                        "for=198.51.100.10, for=10.9.0.4, for=127.0.0.1;proto=" + scheme(front) + ";host=app.example");
        assertThat(fields.values("X-Forwarded-For")).containsExactly("198.51.100.10, 10.9.0.4, 127.0.0.1");
    }

    // ---- options

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("hosts")
    void hostIsTheClientsOrTheUpstreamsAsTheOptionsSay(Front front, String path, String upstreams) {
        var target = unique(path);

        var answer = send(DIRECT, front, Request.get(target).to("App.example:8080"));

        assertThat(answer.status()).isEqualTo(200);
        var fields = DIRECT.origin().awaitRequest(target).fields();
        assertThat(fields.values("Host"))
                .containsExactly(upstreams.equals("true") ? DIRECT.origin().address() : "App.example:8080");
        assertThat(fields.values("X-Forwarded-Host")).containsExactly("App.example:8080");
    }

    static Stream<Arguments> hosts() {
        return everyWith(
                new String[] {"/x", "false"},
                new String[] {"/keep", "false"},
                new String[] {"/set", "true"},
                new String[] {"/both", "false"});
    }

    @EveryProtocol
    void insecureRequestsAreUpgradedWhereTheRouteSaysSo(Front front) {
        assertThat(received(DIRECT, front, "/insecure").fields().values("Upgrade-Insecure-Requests"))
                .containsExactly("1");
        assertThat(received(DIRECT, front, "/insecure", "Upgrade-Insecure-Requests", "1")
                        .fields()
                        .values("Upgrade-Insecure-Requests"))
                .containsExactly("1");
        assertThat(received(DIRECT, front, "/x").fields().has("Upgrade-Insecure-Requests"))
                .isFalse();
    }

    @EveryProtocol
    void forwardedIsWrittenWhereTheRouteSaysSo(Front front) {
        var own = "for=127.0.0.1;proto=" + scheme(front) + ";host=app.example";

        assertThat(received(DIRECT, front, "/forwarded").fields().values("Forwarded"))
                .containsExactly(own);
        assertThat(received(BEHIND_PROXIES, front, "/forwarded", "X-Forwarded-For", "198.51.100.10")
                        .fields()
                        .values("Forwarded"))
                .containsExactly("for=198.51.100.10, " + own);
    }

    @EveryProtocol
    void http11IsSpokenWhereTheRouteForcesIt(Front front) {
        assertThat(received(DIRECT, front, "/h11").line()).endsWith(" HTTP/1.1");
    }

    // ---- what ends with its connection

    @EveryHttp1
    void fieldsOfTheClientsConnectionEndHere(Front front) {
        var fields = received(
                        DIRECT,
                        front,
                        "/x",
                        "Connection",
                        "x-private, keep-alive",
                        "Connection",
                        "X-Other, X-Forwarded-For, Host",
                        "Keep-Alive",
                        "timeout=5",
                        "X-Private",
                        "1",
                        "X-Other",
                        "2",
                        "X-Public",
                        "3",
                        "Proxy-Authorization",
                        "Basic eDp5",
                        "Proxy-Connection",
                        "keep-alive",
                        "Trailer",
                        "X-T",
                        "TE",
                        "gzip, trailers")
                .fields();

        assertThat(fields.names().stream().map(name -> name.toLowerCase(Locale.ROOT)))
                .contains("x-public", "host", "x-forwarded-for", "trailer")
                .doesNotContain(
                        "keep-alive", "x-private", "x-other", "proxy-authorization", "proxy-connection", "upgrade");
        assertThat(fields.values("TE")).containsExactly("trailers");
    }

    @EveryProtocol
    void fieldsOfTheUpstreamsConnectionEndHere(Front front) {
        var answer = send(DIRECT, front, Request.get("/hop-by-hop"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.fields().names().stream().map(name -> name.toLowerCase(Locale.ROOT)))
                .contains("x-public")
                .doesNotContain("connection", "keep-alive", "x-private", "x-other", "proxy-authenticate", "upgrade");
        assertThat(answer.text()).isEqualTo("hello, world\n");
    }

    @EveryProtocol
    void credentialsAndUnknownFieldsPass(Front front) {
        var fields = received(
                        DIRECT,
                        front,
                        "/x",
                        "Authorization",
                        "Basic eDp5",
                        "X-Any",
                        "a, b",
                        "x-any",
                        "c",
                        "Range",
                        "bytes=0-1")
                .fields();

        assertThat(fields.values("Authorization")).containsExactly("Basic eDp5");
        assertThat(fields.values("X-Any")).containsExactly("a, b", "c");
        assertThat(fields.values("Range")).containsExactly("bytes=0-1");
    }

    @EveryProtocol
    void cookiesBecomeOneLineAndSetCookiesStaySeparate(Front front) {
        var target = unique("/set-cookie-twice");

        var answer = send(
                DIRECT, front, Request.get(target).with("Cookie", "a=1; b=2").with("Cookie", "c=\"3\""));

        assertThat(DIRECT.origin().awaitRequest(target).fields().values("Cookie"))
                .containsExactly("a=1; b=2; c=\"3\"");
        assertThat(answer.fields().values("Set-Cookie")).containsExactly("a=1; Path=/", "b=2");
    }

    // ---- the answer

    @EveryProtocol
    void aDateIsAddedWhereTheUpstreamGaveNone(Front front) {
        var answer = send(DIRECT, front, Request.get("/x"));

        assertThat(answer.fields().values("Date")).hasSize(1);
        var date = ZonedDateTime.parse(answer.fields().values("Date").getFirst(), DateTimeFormatter.RFC_1123_DATE_TIME);
        assertThat(Duration.between(date.toInstant(), Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
        assertThat(answer.fields().first("Via").orElse("")).startsWith("1.1 gatehouse-");
    }

    @EveryProtocol
    void redirectsOfTheUpstreamAreNotRewritten(Front front) {
        var answer = send(DIRECT, front, Request.get("/redirect"));

        assertThat(answer.status()).isEqualTo(302);
        assertThat(answer.fields().values("Location")).containsExactly("/elsewhere?x=1");
    }

    @EveryProtocol
    void bodylessAnswersStayWithoutBody(Front front) {
        try (var client = front.connect(DIRECT.proxy())) {
            var head = client.send(Request.of("HEAD", "/bytes?n=77"));
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.fields().values("Content-Length")).containsExactly("77");
            var none = client.get("/204");
            assertThat(none.status()).isEqualTo(204);
            assertThat(none.fields().has("Content-Length")).isFalse();
            var same = client.get("/304");
            assertThat(same.status()).isEqualTo(304);
            assertThat(same.fields().values("ETag")).containsExactly("\"x\"");
            assertThat(client.get("/x").text()).isEqualTo("hello, world\n");
        }
    }

    @EveryProtocol
    void aRequestThatComesBackToUsEnds(Front front) {
        BACK_TO_US.to(DIRECT.proxy().plain());

        var answer = send(DIRECT, front, Request.get(unique("/loop")));

        assertThat(answer.status()).isEqualTo(508);
    }

    // ---- the id

    @EveryProtocol
    void errorsNameTheIdThatTheLogHas(Front front) {
        for (var path : new String[] {"/refused", "/dies-before-answer"}) {
            var target = unique(path);

            var answer = send(DIRECT, front, Request.get(target).with("Accept", "*/*"));

            var line = DIRECT.proxy()
                    .awaitAccess(target, access -> access.value("target").equals(target));
            var id = line.value("request_id");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.fields().values("X-Request-Id")).containsExactly(id);
            assertThat(answer.text()).contains(id).doesNotContain("127.0.0.1").doesNotContain("refused");
            assertThat(line.value("upstream")).startsWith("127.0.0.1:");
            assertThat(line.value("cause")).isNotEmpty();
        }
    }

    @EveryProtocol
    void theUpstreamsIdIsThatOfTheLog(Front front) {
        var request = received(DIRECT, front, "/x");

        var line = DIRECT.proxy()
                .awaitAccess("line", access -> access.value("target").equals(request.target()));
        assertThat(request.fields().values("X-Request-Id")).containsExactly(line.value("request_id"));
        assertThat(line.value("protocol")).isEqualTo(front.multiplexed() ? "HTTP/2.0" : "HTTP/1.1");
        assertThat(line.value("upstream")).isEqualTo(DIRECT.origin().address());
        assertThat(line.value("tls_version")).isEqualTo(front.secure() ? "TLSv1.3" : "");
    }

    @EveryHttp2
    void aBodyOfUnknownLengthBecomesChunks(Front front) {
        var target = unique("/discard");

        send(DIRECT, front, Request.of("POST", target).body(Body.of("hello"), Request.Framing.CHUNKED));

        var fields = DIRECT.origin().awaitRequest(target).fields();
        assertThat(fields.values("Transfer-Encoding")).containsExactly("chunked");
        assertThat(fields.has("Content-Length")).isFalse();
    }

    private static Stream<Arguments> everyWith(String[]... rows) {
        return Stream.of(rows)
                .flatMap(row -> Stream.of(Front.values()).map(front -> {
                    var all = new Object[row.length + 1];
                    all[0] = front;
                    System.arraycopy(row, 0, all, 1, row.length);
                    return Arguments.of(all);
                }));
    }
}
