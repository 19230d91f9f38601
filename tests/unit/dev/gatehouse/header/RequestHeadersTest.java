package dev.gatehouse.header;

import static dev.gatehouse.config.TestConfig.UPSTREAM;
import static dev.gatehouse.config.TestConfig.route;
import static dev.gatehouse.http.TestRequest.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.TestConfig;
import dev.gatehouse.config.Upgrades;
import dev.gatehouse.config.UpstreamOption;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.TestRequest;
import dev.gatehouse.route.Decision;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadersTest {
    private static final String ID = "id-1";
    private static final String FRIEND = "10.1.2.3";

    private final RequestHeaders headers = RequestHeaders.of(new TestConfig()
            .both(List.of("app.example"), route("/"))
            .trusting("10.0.0.0/8")
            .build());

    @Test
    void aPlainRequestGetsTheWholeSet() {
        var fields = upstream(TestRequest.get(
                "/a%20b?x=1", "Host: App.example:8080", "User-Agent: t", "X-Own: 1", "Connection: keep-alive"));

        assertThat(lines(fields))
                .containsExactly(
                        "Host: App.example:8080",
                        "User-Agent: t",
                        "X-Own: 1",
                        "X-Forwarded-For: 203.0.113.10",
                        "X-Real-IP: 203.0.113.10",
                        "X-Forwarded-Proto: http",
                        "X-Forwarded-Port: 8080",
                        "X-Forwarded-SSL: off",
                        "X-Forwarded-Host: App.example:8080",
                        "X-Original-URI: /a%20b?x=1",
                        "X-Request-Id: id-1",
                        "Via: 1.1 " + Via.PSEUDONYM);
    }

    @Test
    void everyHttpVersionLooksTheSame() {
        var tls = TestRequest.tls(STRANGER, "app.example");
        var one = upstream(TestRequest.get("/x?y", "Host: app.example:8443").over(tls));
        var absolute = upstream(TestRequest.get("https://app.example:8443/x?y", "Host: app.example")
                .over(tls));
        var two = upstream(TestRequest.h2("app.example:8443", "/x?y"));
        var both = upstream(TestRequest.h2("app.example:8443", "/x?y", "host: app.example"));

        assertThat(lines(two)).containsExactlyElementsOf(lines(both));
        assertThat(lines(absolute)).containsExactlyElementsOf(lines(one));
        one.remove(HttpHeader.VIA);
        two.remove(HttpHeader.VIA);
        assertThat(lines(two)).containsExactlyElementsOf(lines(one));
        assertThat(lines(one))
                .contains(
                        "Host: app.example:8443",
                        "X-Forwarded-Host: app.example:8443",
                        "X-Original-URI: /x?y",
                        "X-Forwarded-Proto: https",
                        "X-Forwarded-Port: 443",
                        "X-Forwarded-SSL: on");
    }

    @ParameterizedTest
    @CsvSource({"HTTP_1_0, 1.0", "HTTP_1_1, 1.1", "HTTP_2, 2", "HTTP_3, 3"})
    void viaTellsTheVersionReceived(Protocol protocol, String version) {
        var fields = upstream(
                TestRequest.get("/", "Host: app.example", "Via: 1.1 front").as(protocol));

        assertThat(fields.getCSV(HttpHeader.VIA, false)).containsExactly("1.1 front", version + " " + Via.PSEUDONYM);
        assertThat(headers.isLoop(fields)).isTrue();
    }

    @Test
    void viaIsLeftOutWhereTheRouteSaysSo() {
        var quiet = TestConfig.withoutVia(route("/"));
        var forward = new Decision.Forward(
                new AppConfig("app", List.of("app.example"), null, false, List.of(quiet)), quiet, false, false);
        var request = TestRequest.get("/", "Host: app.example", "Via: 1.1 front");

        assertThat(headers.forUpstream(request, forward, UPSTREAM, ID).getValuesList(HttpHeader.VIA))
                .containsExactly("1.1 front");
    }

    @Test
    void aLoopNeedsOurOwnName() {
        assertThat(Via.PSEUDONYM).matches("gatehouse-[0-9a-f]{8}");
        assertThat(headers.isLoop(TestRequest.fields("Via: 1.1 gatehouse, 1.1 gatehouse-0")))
                .isFalse();
        assertThat(headers.isLoop(TestRequest.fields("Via: 1.1 a", "Via: 1.1 b, 2 " + Via.PSEUDONYM + ", 1.1 c")))
                .isTrue();
        assertThat(headers.isLoop(TestRequest.fields("X: 1.1 " + Via.PSEUDONYM)))
                .isFalse();
    }

    @Test
    void hopByHopFieldsEndHereAndOursDoNot() {
        var fields = upstream(TestRequest.get(
                "/",
                "Host: app.example",
                "Authorization: secret",
                "Connection: close, te, X-Forwarded-For, Authorization",
                "connection: X-Named, Host, Via, Content-Length, x-request-id",
                "X-Named: 1",
                "Via: 1.0 front",
                "Content-Length: 3",
                "Keep-Alive: 5",
                "Proxy-Connection: x",
                "Proxy-Authorization: x",
                "Proxy-Authenticate: x",
                "TE: gzip",
                "te: Trailers",
                "Trailer: x",
                "Transfer-Encoding: chunked",
                "Upgrade: h2c",
                "HTTP2-Settings: x",
                "Expect: 100-continue"));

        assertThat(lines(fields))
                .containsExactly(
                        "Host: app.example",
                        "Via: 1.0 front",
                        "Content-Length: 3",
                        "Trailer: x",
                        "Expect: 100-continue",
                        "TE: trailers",
                        "X-Forwarded-For: 203.0.113.10",
                        "X-Real-IP: 203.0.113.10",
                        "X-Forwarded-Proto: http",
                        "X-Forwarded-Port: 8080",
                        "X-Forwarded-SSL: off",
                        "X-Forwarded-Host: app.example",
                        "X-Original-URI: /",
                        "X-Request-Id: id-1",
                        "Via: 1.1 " + Via.PSEUDONYM);
    }

    @Test
    void teWithoutTrailersEnds() {
        assertThat(upstream(TestRequest.get("/", "Host: app.example", "TE: gzip"))
                        .contains(HttpHeader.TE))
                .isFalse();
    }

    @Test
    void whatAClientSaysInOurNameIsReplaced() {
        var fields = upstream(TestRequest.get(
                "/",
                "Host: app.example",
                "Proxy: evil",
                "proxy: evil",
                "X-Forwarded-For: evil",
                "X_Forwarded_For: evil",
                "x-forwarded_for: evil",
                "X-Real-IP: evil",
                "X_REAL_IP: evil",
                "X-Forwarded-Proto: evil",
                "X_Forwarded_Proto: evil",
                "X-Forwarded-Port: evil",
                "X_Forwarded_Port: evil",
                "X-Forwarded-SSL: evil",
                "X_Forwarded_SSL: evil",
                "X-Forwarded-Host: evil",
                "X_Forwarded_Host: evil",
                "X-Original-URI: evil",
                "X_Original_Uri: evil",
                "X-Request-Id: evil",
                "x_request_id: evil",
                "Content_Length: evil",
                "Transfer_Encoding: evil",
                "Forwarded: for=evil",
                "X_Other: kept",
                "X-Forwardes-For: kept"));

        assertThat(lines(fields))
                .noneMatch(line -> line.contains("evil"))
                .contains("X_Other: kept", "X-Forwardes-For: kept");
        assertThat(fields.getValuesList("X-Real-IP")).containsExactly("203.0.113.10");
        assertThat(fields.getValuesList(HttpHeader.FORWARDED))
                .containsExactly("for=203.0.113.10;proto=http;host=app.example");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "X-Forwarded-Prefix",
                "X-Forwarded-Scheme",
                "X-Forwarded-Server",
                "X-Forwarded-Uri",
                "X-Forwarded-Method",
                "X-Forwarded-User",
                "X-Forwarded-By",
                "X-Forwarded-Client-Cert",
                "x-forwarded-anything-new",
                "X-Original-URL",
                "X-Original-Host",
                "X-Rewrite-URL",
                "True-Client-IP",
                "X-Client-IP",
                "Client-Ip",
                "CF-Connecting-IP",
                "Front-End-Https",
                "X-Scheme",
                "X-SSL-Client-Verify",
                "X-SSL-Client-S-DN",
                "SSL_CLIENT_CERT",
                "X_Original_URL",
                "X.Original.URL",
                "x.forwarded_prefix",
                "Remote-User"
            })
    void forwardingFieldsOfStrangersEnd(String name) {
        var sent = TestRequest.get("/", "Host: app.example", name + ": evil", "X-Original: 1", "X-SSL: 1");
        var keeping = RequestHeaders.of(new TestConfig()
                .both(List.of("app.example"), route("/"))
                .keeping(name)
                .build());

        assertThat(lines(upstream(sent)))
                .contains("X-Original: 1", "X-SSL: 1")
                .noneMatch(line -> line.contains("evil"));
        assertThat(upstream(sent.from(FRIEND)).get(name)).isEqualTo("evil");
        assertThat(keeping.forUpstream(sent, forward(false), UPSTREAM, ID).get(name))
                .isEqualTo("evil");
        assertThat(ResponseHeaders.trailerAllowed(new HttpField(name, "evil"))).isFalse();
    }

    @Test
    void cookieLinesBecomeOne() {
        var fields = upstream(TestRequest.h2(
                "app.example", "/", "cookie: a=1", "x: y", "cookie: b=2; c=3", "cookie:", "cookie: d=4"));

        assertThat(fields.getValuesList(HttpHeader.COOKIE)).containsExactly("a=1; b=2; c=3; d=4");
        var single = TestRequest.get("/", "Host: app.example", "Cookie: a=1; b=2");
        assertThat(upstream(single).getField(HttpHeader.COOKIE))
                .isSameAs(single.fields().getField(HttpHeader.COOKIE));
        assertThat(upstream(TestRequest.get("/", "Host: app.example", "Cookie: a=1", "Connection: cookie"))
                        .contains(HttpHeader.COOKIE))
                .isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "KEEP_ORIGINAL_HOST, App.example:8080",
        "SET_UPSTREAM_HOST, 10.0.0.7:9000",
        "KEEP_ORIGINAL_HOST SET_UPSTREAM_HOST, App.example:8080",
        "FORWARDED_HEADER, App.example:8080",
    })
    void optionsChooseHost(String options, String host) {
        var fields = upstream(TestRequest.get("/", "Host: App.example:8080"), false, options(options));

        assertThat(fields.getValuesList(HttpHeader.HOST)).containsExactly(host);
        assertThat(fields.getValuesList(HttpHeader.X_FORWARDED_HOST)).containsExactly("App.example:8080");
    }

    @Test
    void theUpstreamsHostHasThePortThatWasWritten() {
        var forward = forward(false, UpstreamOption.SET_UPSTREAM_HOST);
        var request = TestRequest.get("/", "Host: app.example");

        assertThat(headers.forUpstream(request, forward, TestConfig.upstream("back.example", 80, false), ID)
                        .get(HttpHeader.HOST))
                .isEqualTo("back.example");
        assertThat(headers.forUpstream(request, forward, TestConfig.upstream("2001:db8::1", 80, true), ID)
                        .get(HttpHeader.HOST))
                .isEqualTo("[2001:db8::1]:80");
    }

    @Test
    void theDefaultAppGetsItsOwnNameWhateverTheOptions() {
        var fields = upstream(
                TestRequest.get("/", "Host: nobody.example:8080"),
                true,
                UpstreamOption.SET_UPSTREAM_HOST,
                UpstreamOption.KEEP_ORIGINAL_HOST,
                UpstreamOption.FORWARDED_HEADER);

        assertThat(fields.getValuesList(HttpHeader.HOST)).containsExactly("app.example");
        assertThat(fields.get(HttpHeader.X_FORWARDED_HOST)).isEqualTo("nobody.example:8080");
        assertThat(fields.get(HttpHeader.FORWARDED))
                .isEqualTo("for=203.0.113.10;proto=http;host=\"nobody.example:8080\"");
    }

    @Test
    void upgradeInsecureRequestsIsAddedOnceAndByOption() {
        var option = UpstreamOption.UPGRADE_INSECURE_REQUESTS;
        var without = TestRequest.get("/", "Host: app.example");
        var with = TestRequest.get("/", "Host: app.example", "upgrade-insecure-requests: 1");

        assertThat(upstream(without).contains("Upgrade-Insecure-Requests")).isFalse();
        assertThat(upstream(without, false, option).getValuesList("Upgrade-Insecure-Requests"))
                .containsExactly("1");
        assertThat(upstream(with, false, option).getValuesList("Upgrade-Insecure-Requests"))
                .containsExactly("1");
    }

    @Test
    void anUpgradeIsAskedForAnew() {
        var request = TestRequest.get(
                "/",
                "Host: app.example",
                "Connection: keep-alive, Upgrade",
                "Upgrade: WebSocket",
                "Sec-WebSocket-Key: k");
        var offered = Upgrade.offered(request, false, Upgrades.ANY);
        var fields = headers.forUpstream(request, forward(false), UPSTREAM, ID, offered);

        assertThat(fields.getValuesList(HttpHeader.CONNECTION)).containsExactly("Upgrade");
        assertThat(fields.getValuesList(HttpHeader.UPGRADE)).containsExactly("websocket");
        assertThat(fields.get(HttpHeader.SEC_WEBSOCKET_KEY)).isEqualTo("k");
        assertThat(upstream(request).contains(HttpHeader.UPGRADE)).isFalse();
        assertThat(upstream(request).contains(HttpHeader.CONNECTION)).isFalse();
    }

    /// Reference B.2.
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '!',
            value = {
                "203.0.113.10 ! X-Forwarded-For: 1.2.3.4 | X-Forwarded-Host: evil | Forwarded: for=1.2.3.4;proto=https"
                        + " ! 203.0.113.10 ! 203.0.113.10 ! for=203.0.113.10;proto=http;host=app.example",
                "203.0.113.10 ! ! 203.0.113.10 ! 203.0.113.10 !",
                "10.1.2.3 ! ! 10.1.2.3 ! 10.1.2.3 !",
                "10.1.2.3 ! X-Forwarded-For: 198.51.100.10, 10.9.0.4"
                        + " ! 198.51.100.10, 10.9.0.4, 10.1.2.3 ! 198.51.100.10 !",
                "10.1.2.3 ! X-Forwarded-For: 198.51.100.10, 203.0.113.20 ! 203.0.113.20, 10.1.2.3 ! 203.0.113.20 !",
                "10.1.2.3 ! X-Forwarded-For: 198.51.100.10 | x-forwarded-for: 10.9.0.4"
                        + " ! 198.51.100.10, 10.9.0.4, 10.1.2.3 ! 198.51.100.10 !",
                "10.1.2.3 ! Forwarded: for=198.51.100.10, for=10.9.0.4"
                        + " ! 198.51.100.10, 10.9.0.4, 10.1.2.3 ! 198.51.100.10"
                        + " ! for=198.51.100.10, for=10.9.0.4, for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! X-Forwarded-For: 198.51.100.10 | Forwarded: for=203.0.113.20;proto=https"
                        + " ! 198.51.100.10, 10.1.2.3 ! 198.51.100.10"
                        + " ! for=198.51.100.10, for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! Forwarded: for=unknown ! 10.1.2.3 ! 10.1.2.3 ! for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! X-Forwarded-For: 203.0.113.20, , ! 203.0.113.20, 10.1.2.3 ! 203.0.113.20 !",
                "::ffff:10.1.2.3 ! X-Forwarded-For: 198.51.100.10 ! 198.51.100.10, 10.1.2.3 ! 198.51.100.10 !",
                "2001:db8::1 ! ! 2001:db8::1 ! 2001:db8::1 !",
                // Ours: what the text of 4.4 and 4.5 says and the table does not show.
                "10.1.2.3 ! X-Forwarded-For: 10.7.7.7, 10.9.0.4 ! 10.7.7.7, 10.9.0.4, 10.1.2.3 ! 10.7.7.7 !",
                "10.1.2.3 ! X-Forwarded-For: unknown, 198.51.100.10 ! 198.51.100.10, 10.1.2.3 ! 198.51.100.10 !",
                // What stands left of the first address that is no proxy's is not looked at.
                "10.1.2.3 ! X-Forwarded-For: x, 1.2.3.4 ! 1.2.3.4, 10.1.2.3 ! 1.2.3.4 !",
                "10.1.2.3 ! X-Forwarded-For: _hidden, 1.2.3.4, 10.9.0.4 ! 1.2.3.4, 10.9.0.4, 10.1.2.3 ! 1.2.3.4 !",
                "10.1.2.3 ! X-Forwarded-For: 999.1.1.1 | X-Forwarded-For: 1.2.3.4 ! 1.2.3.4, 10.1.2.3 ! 1.2.3.4 !",
                "10.1.2.3 ! X-Forwarded-For: 10.7.7.7, x, 1.2.3.4 ! 1.2.3.4, 10.1.2.3 ! 1.2.3.4 !",
                "10.1.2.3 ! X-Forwarded-For: 1.2.3.4, unknown, 10.9.0.4 ! 10.9.0.4, 10.1.2.3 ! 10.9.0.4 !",
                "10.1.2.3 ! X-Forwarded-For: 1.2.3.4, x ! 10.1.2.3 ! 10.1.2.3 !",
                "10.1.2.3 ! Forwarded: for=\"x, for=1.2.3.4"
                        + " ! 1.2.3.4, 10.1.2.3 ! 1.2.3.4 ! for=1.2.3.4, for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! Forwarded: for=\"x | Forwarded: for=1.2.3.4"
                        + " ! 1.2.3.4, 10.1.2.3 ! 1.2.3.4 ! for=1.2.3.4, for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! X-Forwarded-For: x, 1.2.3.4 | Forwarded: garbage, for=1.2.3.4;by=_b ! 1.2.3.4, 10.1.2.3"
                        + " ! 1.2.3.4 ! for=1.2.3.4;by=_b, for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! X-Forwarded-For: 198.51.100.10:4711, [2001:DB8::1]:80, 10.9.0.4"
                        + " ! 2001:db8::1, 10.9.0.4, 10.1.2.3 ! 2001:db8::1 !",
                "10.1.2.3 ! X-Forwarded-For: ::ffff:198.51.100.10 ! 198.51.100.10, 10.1.2.3 ! 198.51.100.10 !",
                "10.1.2.3 ! X-Forwarded-For: garbage | Forwarded: for=198.51.100.10"
                        + " ! 10.1.2.3 ! 10.1.2.3 ! for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! X-Forwarded-For: 198.51.100.10 | Forwarded: for=\"198.51.100.10"
                        + " ! 198.51.100.10, 10.1.2.3 ! 198.51.100.10"
                        + " ! for=198.51.100.10, for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! X-Forwarded-For: 198.51.100.10 | Forwarded: for=\"198.51.100.10:99\";proto=https;by=_b"
                        + " ! 198.51.100.10, 10.1.2.3 ! 198.51.100.10"
                        + " ! for=\"198.51.100.10:99\";proto=https;by=_b, for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! X-Forwarded-For: 198.51.100.10 | X-Forwarded-Proto: http"
                        + " | Forwarded: for=198.51.100.10;proto=https;by=_b"
                        + " ! 198.51.100.10, 10.1.2.3 ! 198.51.100.10"
                        + " ! for=198.51.100.10;proto=http, for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! X-Forwarded-For: 198.51.100.10, 10.9.0.4"
                        + " | Forwarded: for=198.51.100.10;proto=https, for=10.9.0.4;proto=http;by=_b"
                        + " ! 198.51.100.10, 10.9.0.4, 10.1.2.3 ! 198.51.100.10"
                        + " ! for=198.51.100.10;proto=https, for=10.9.0.4;proto=http;by=_b,"
                        + " for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! Forwarded: for=unknown, for=198.51.100.10"
                        + " ! 198.51.100.10, 10.1.2.3 ! 198.51.100.10"
                        + " ! for=198.51.100.10, for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! Forwarded: for=198.51.100.10, for=_hidden"
                        + " ! 10.1.2.3 ! 10.1.2.3 ! for=10.1.2.3;proto=http;host=app.example",
                "10.1.2.3 ! X-Forwarded-For: , | Forwarded: for=198.51.100.10"
                        + " ! 198.51.100.10, 10.1.2.3 ! 198.51.100.10"
                        + " ! for=198.51.100.10, for=10.1.2.3;proto=http;host=app.example",
            })
    void believesTrustedProxiesAboutTheChain(
            String peer, String lines, String forwardedFor, String realIp, String forwarded) {
        var sent = lines == null ? "Host: app.example" : "Host: app.example | " + lines;
        var fields = upstream(TestRequest.get("/", sent.split(" \\| ")).from(peer));

        assertThat(fields.getValuesList(HttpHeader.X_FORWARDED_FOR)).containsExactly(forwardedFor);
        assertThat(fields.getValuesList("X-Real-IP")).containsExactly(realIp);
        assertThat(fields.get(HttpHeader.FORWARDED)).isEqualTo(forwarded);
        assertThat(fields.getValuesList(HttpHeader.X_FORWARDED_HOST)).containsExactly("app.example");
    }

    @Test
    void theOptionWritesForwardedWhereThereWasNone() {
        var option = UpstreamOption.FORWARDED_HEADER;
        var six = TestRequest.get("/", "Host: app.example:8080").from("2001:db8::1");
        var chain = TestRequest.get(
                        "/", "Host: app.example", "X-Forwarded-For: 198.51.100.10", "X-Forwarded-Proto: HTTPS")
                .from(FRIEND);

        assertThat(upstream(six, false, option).get(HttpHeader.FORWARDED))
                .isEqualTo("for=\"[2001:db8::1]\";proto=http;host=\"app.example:8080\"");
        assertThat(upstream(chain, false, option).get(HttpHeader.FORWARDED))
                .isEqualTo("for=198.51.100.10;proto=https, for=10.1.2.3;proto=http;host=app.example");
    }

    /// Scheme, port and SSL as the upstream sees them.
    @ParameterizedTest(name = "{0} from {1}: {2}")
    @CsvSource({
        "plain, 10.1.2.3, X-Forwarded-Proto: https, https, 443, on",
        "plain, 10.1.2.3, X-Forwarded-Proto: https | X-Forwarded-Port: 8443, https, 8443, on",
        "plain, 10.1.2.3, X-Forwarded-Proto: http, http, 8080, off",
        "plain, 10.1.2.3, X-Forwarded-Proto: wss, http, 8080, off",
        "plain, 10.1.2.3, X-Forwarded-Port: 81, http, 81, off",
        "plain, 10.1.2.3, X-Forwarded-Port: 0, http, 8080, off",
        "plain, 10.1.2.3, X-Forwarded-Port: 65536, http, 8080, off",
        "plain, 10.1.2.3, X-Forwarded-Port: 8o, http, 8080, off",
        "plain, 10.1.2.3, Forwarded: for=198.51.100.10;proto=https, https, 443, on",
        "plain, 203.0.113.10, X-Forwarded-Proto: https | X-Forwarded-Port: 1, http, 8080, off",
        // Proxies that add to what is there: only what they added counts.
        "plain, 10.1.2.3, 'X-Forwarded-For: 1.2.3.4 | X-Forwarded-Proto: https, http', http, 8080, off",
        "plain, 10.1.2.3, 'X-Forwarded-For: evil, 1.2.3.4 | X-Forwarded-Proto: https, http', http, 8080, off",
        "plain, 10.1.2.3, 'X-Forwarded-For: 1.2.3.4, 10.9.0.4 | X-Forwarded-Proto: https, http', https, 443, on",
        "plain, 10.1.2.3, 'X-Forwarded-For: 1.2.3.4, 10.9.0.4 | X-Forwarded-Proto: https', https, 443, on",
        "plain, 10.1.2.3, 'X-Forwarded-For: 1.2.3.4 | X-Forwarded-Port: 1, 81', http, 81, off",
        "plain, 10.1.2.3, 'Forwarded: for=6.6.6.6;proto=https, for=1.2.3.4;proto=http', http, 8080, off",
        "tls, 10.1.2.3, X-Forwarded-Proto: http, http, 80, off",
        "tls, 10.1.2.3, X-Forwarded-Proto: https, https, 443, on",
        "tls, 203.0.113.10, X-Forwarded-Proto: http, https, 443, on",
    })
    void believesTrustedProxiesAboutSchemeAndPort(
            String listener, String peer, String lines, String proto, String port, String ssl) {
        var request = TestRequest.get("/", ("Host: app.example | " + lines).split(" \\| "))
                .over(listener.equals("tls") ? TestRequest.tls(peer, "app.example") : TestRequest.plain(peer));
        var fields = upstream(request);

        assertThat(fields.getValuesList(HttpHeader.X_FORWARDED_PROTO)).containsExactly(proto);
        assertThat(fields.getValuesList(HttpHeader.X_FORWARDED_PORT)).containsExactly(port);
        assertThat(fields.getValuesList("X-Forwarded-SSL")).containsExactly(ssl);
    }

    @Test
    void portsAreThoseThatClientsSee() {
        var mapped = RequestHeaders.of(new TestConfig()
                .both(List.of("app.example"), route("/"))
                .publicHttpsPort(4443)
                .publicHttpPort(8000)
                .build());
        var plain = TestRequest.get("/", "Host: app.example");

        assertThat(mapped.forUpstream(plain, forward(false), UPSTREAM, ID).get(HttpHeader.X_FORWARDED_PORT))
                .isEqualTo("8000");
        assertThat(mapped.forUpstream(plain.toServerName("app.example"), forward(false), UPSTREAM, ID)
                        .get(HttpHeader.X_FORWARDED_PORT))
                .isEqualTo("4443");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "10.1.2.3, X-Forwarded-Host: shop.example, shop.example",
        "10.1.2.3, X-Forwarded-Host: shop.example:8443 | X-Forwarded-For: 1.2.3.4, shop.example:8443",
        "10.1.2.3, 'X-Forwarded-Host: evil, shop.example | X-Forwarded-For: 1.2.3.4', shop.example",
        "10.1.2.3, Forwarded: for=1.2.3.4;host=shop.example, shop.example",
        "10.1.2.3, X-Forwarded-Host: a b, app.example",
        "10.1.2.3, X-Forwarded-Host: evil/x, app.example",
        "203.0.113.10, X-Forwarded-Host: evil, app.example",
    })
    void believesTrustedProxiesAboutTheHost(String peer, String lines, String host) {
        var fields = upstream(TestRequest.get("/", ("Host: app.example | " + lines).split(" \\| "))
                .from(peer));

        assertThat(fields.getValuesList(HttpHeader.X_FORWARDED_HOST)).containsExactly(host);
        assertThat(fields.get(HttpHeader.HOST)).isEqualTo("app.example");
    }

    /// Reference B.3, but that only trusted proxies' elements count.
    @ParameterizedTest(name = "{0} from {1}: {2}")
    @CsvSource({
        "tls, 10.1.2.3, X-Forwarded-Proto: http, https",
        "tls, 203.0.113.10, X: y, https",
        "plain, 203.0.113.10, X-Forwarded-Proto: https, http",
        "plain, 10.1.2.3, X: y, http",
        "plain, 10.1.2.3, X-Forwarded-Proto: https, https",
        "plain, 10.1.2.3, 'X-Forwarded-Proto: https, http', https",
        "plain, 10.1.2.3, 'X-Forwarded-Proto: http, https', http",
        "plain, 10.1.2.3, X-Forwarded-Proto: http | Forwarded: proto=https, http",
        "plain, 10.1.2.3, Forwarded: proto=https, https",
        "plain, 10.1.2.3, X-Forwarded-Proto: | Forwarded: proto=https, https",
        "plain, 10.1.2.3, 'Forwarded: for=_a;proto=https, for=_b;proto=http', http",
        "plain, 10.1.2.3, 'Forwarded: for=_a;proto=https, for=10.9.0.4;proto=http', https",
        "plain, 10.1.2.3, X-Forwarded-Proto: htt\u00e9ps | Forwarded: proto=https, http",
        "plain, 10.1.2.3, 'Forwarded: for=\"_a;proto=https', http",
        "plain, 10.1.2.3, Forwarded: for=_a, http",
    })
    void knowsTheSchemeThatTheUserSees(String listener, String peer, String lines, String scheme) {
        var request = TestRequest.get("/", ("Host: app.example | " + lines).split(" \\| "))
                .over(listener.equals("tls") ? TestRequest.tls(peer, "app.example") : TestRequest.plain(peer));

        assertThat(headers.clientScheme(request)).isEqualTo(scheme);
    }

    @Test
    void idsAreNewUnlessATrustedProxyHasAFitOne() {
        var request = TestRequest.get("/", "Host: app.example", "X-Request-Id: Abc.1_2-3");

        assertThat(headers.requestId(request.from(FRIEND))).isEqualTo("Abc.1_2-3");
        assertThat(headers.requestId(request)).matches("[0-9a-f]{32}").isNotEqualTo(headers.requestId(request));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\"b", "a;b", "\u00e9", "a/b"})
    void otherIdsOfTrustedProxiesAreReplaced(String id) {
        assertThat(headers.requestId(TestRequest.get("/", "X-Request-Id: " + id).from(FRIEND)))
                .matches("[0-9a-f]{32}");
        assertThat(headers.requestId(
                        TestRequest.get("/", "X-Request-Id: " + "a".repeat(129)).from(FRIEND)))
                .hasSize(32);
        assertThat(headers.requestId(
                        TestRequest.get("/", "X-Request-Id: " + "a".repeat(128)).from(FRIEND)))
                .hasSize(128);
    }

    @Test
    void whatAConnectionKeepsIsMadeOncePerGeneration() {
        var request = TestRequest.get("/", "Host: app.example").from(FRIEND);
        var strict = RequestHeaders.of(
                new TestConfig().both(List.of("app.example"), route("/")).build());
        var sent = TestRequest.get("/", "Host: app.example", "X-Forwarded-For: 198.51.100.10")
                .over(request.connection());

        assertThat(upstream(request).getField(HttpHeader.X_FORWARDED_FOR))
                .isSameAs(upstream(request).getField(HttpHeader.X_FORWARDED_FOR));
        assertThat(upstream(sent).get(HttpHeader.X_FORWARDED_FOR)).isEqualTo("198.51.100.10, 10.1.2.3");
        assertThat(strict.forUpstream(sent, forward(false), UPSTREAM, ID).get(HttpHeader.X_FORWARDED_FOR))
                .isEqualTo("10.1.2.3");
    }

    @Test
    void theClientsFieldsStayAsTheyWere() {
        var request = TestRequest.get("/", "Host: app.example", "X: 1", "Cookie: a", "Cookie: b", "Connection: x");
        var before = lines(request.fields());

        upstream(request);

        assertThat(lines(request.fields())).isEqualTo(before);
    }

    private HttpFields.Mutable upstream(TestRequest request, boolean byDefault, UpstreamOption... options) {
        return headers.forUpstream(request, forward(byDefault, options), UPSTREAM, ID);
    }

    private HttpFields.Mutable upstream(TestRequest request) {
        return upstream(request, false);
    }

    private static Decision.Forward forward(boolean byDefault, UpstreamOption... options) {
        var route = route("/", options);
        return new Decision.Forward(
                new AppConfig("app", List.of("*.app.example", "app.example"), null, false, List.of(route)),
                route,
                byDefault,
                false);
    }

    private static UpstreamOption[] options(String names) {
        return List.of(names.split(" ")).stream().map(UpstreamOption::valueOf).toArray(UpstreamOption[]::new);
    }

    private static List<String> lines(HttpFields fields) {
        return fields.stream().map(HttpField::toString).toList();
    }
}
