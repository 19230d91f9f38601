package dev.gatehouse.faults;

import static dev.gatehouse.support.Heads.get;
import static dev.gatehouse.support.Heads.head;
import static dev.gatehouse.support.Heads.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.EveryHttp1;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.Inputs;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.TestOrigin;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// HTTP/1 request lines and fields that are malformed, too large, or ambiguous.
@Timeout(60)
class Http1HeadIT {
    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(
            AppUnderTest.inFrontOf(origin), AppUnderTest.named("b", "b.example").route("/", origin.address())));

    static Stream<Arguments> badFields() {
        return Inputs.http1(
                "X-A : b",
                "X-A\t: b",
                "X-A: b\r\n c",
                "X-A: b\r\n\tc",
                "X-A: b\r\n ",
                " X-A: b",
                "\tX-A: b",
                "X-A",
                "X-A b",
                ": b",
                ":b",
                "X A: b",
                "X(A: b",
                "X-\u00e4: b",
                "\"X-A\": b",
                "X-A[]: b",
                "@: b");
    }

    @Tag("H1-06")
    @ParameterizedTest
    @MethodSource("badFields")
    void malformedFieldLinesAreRefused(Front front, String line) {
        STAGE.rejected().refused(front, get("/", "X-Before: 1", line), "h1.hdr_syntax", 400);
    }

    @Tag("H1-06")
    @EveryHttp1
    void spaceBeforeTheFirstFieldIsRefused(Front front) {
        STAGE.rejected()
                .refused(
                        front, head("GET / HTTP/1.1", " Host: app.example", "Host: app.example"), "h1.hdr_syntax", 400);
    }

    static Stream<Arguments> badHosts() {
        return Inputs.http1(
                "app.example\r\nHost: app.example",
                "app.example\r\nHost: b.example",
                "app.example, b.example",
                "app.example b.example",
                "app.example/",
                "app.example/b",
                "app.example?b",
                "app.example#b",
                "app\\example",
                "<app.example>",
                "\"app.example\"",
                "app{example",
                "app.example\u0080",
                "\u00e4pp.example",
                "app%example",
                "app.example%0d%0aX: y",
                "[::1",
                "[::1]x",
                "[app.example]",
                "::1]",
                "[]",
                "http://app.example");
    }

    @Tag("H1-12")
    @ParameterizedTest
    @MethodSource("badHosts")
    void hostOutsideTheGrammarIsRefused(Front front, String host) {
        STAGE.rejected().refused(front, head("GET / HTTP/1.1", "Host: " + host), "h1.host", 400);
    }

    @Tag("H1-12")
    @EveryHttp1
    void requestWithoutHostIsRefused(Front front) {
        STAGE.rejected().refused(front, head("GET / HTTP/1.1", "X-A: b"), "h1.host", 400);
        STAGE.rejected().refused(front, head("GET / HTTP/1.1"), "h1.host", 400);
    }

    @Tag("H1-12")
    @EveryHttp1
    void hostOtherThanTheTargetsIsRefused(Front front) {
        STAGE.rejected().refused(front, head("GET http://b.example/ HTTP/1.1", "Host: app.example"), "h1.host", 400);
        STAGE.rejected().refused(front, head("GET http://app.example/ HTTP/1.1", "Host: b.example"), "h1.host", 400);
    }

    static Stream<Arguments> badPorts() {
        return Inputs.http1(
                "app.example:0",
                "app.example:65536",
                "app.example:99999999999",
                "app.example:http",
                "app.example:-1",
                "app.example:+80",
                "app.example:80:80",
                "app.example:8 0",
                "user@app.example",
                "user:password@app.example",
                "@app.example",
                "2001:db8::1",
                "::1");
    }

    @Tag("H1-13")
    @ParameterizedTest
    @MethodSource("badPorts")
    void hostWithABadPortOrUserIsRefused(Front front, String host) {
        STAGE.rejected().refused(front, head("GET / HTTP/1.1", "Host: " + host), "h1.host", 400);
    }

    @Tag("H1-13")
    @EveryHttp1
    void portOfTheHostDoesNotDecideTheApp(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            assertThat(client.exchange(head("GET /headers HTTP/1.1", "Host: app.example:9999"))
                            .text())
                    .contains("\r\nHost: app.example:9999\r\n");
        }
    }

    /// RFC 9110 §4.2.3: an empty port means the same as none.
    @Tag("H1-13")
    @EveryHttp1
    void emptyPortOfTheHostIsNone(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            assertThat(client.exchange(head("GET /headers HTTP/1.1", "Host: app.example:"))
                            .text())
                    .containsPattern("\r\nHost: app\\.example:?\r\n");
        }
    }

    @Test
    @Tag("H1-14")
    void hostOfAnotherAppThanTheServerNameIsMisdirected() {
        STAGE.rejected().answered(Front.H1_TLS, head("GET / HTTP/1.1", "Host: b.example"), "tls.sni_mismatch", 421);
    }

    static Stream<Arguments> badVersions() {
        return Inputs.http1(
                "GET / HTTP/2.0",
                "GET / HTTP/1.10",
                "GET / HTTP/11.1",
                "GET / HTTP/3",
                "GET / HTTP/1",
                "GET / HTTP/",
                "GET / HTTP/0.9",
                "GET / ICE/1.0",
                "GET / RTSP/1.0",
                "GET / http/1.1",
                "GET / HTTP/1.1 ",
                "GET / HTTP /1.1",
                "GET / HTTP/ 1.1",
                "GET / HTTP/1,1",
                "GET / HTTP/+1.1");
    }

    @Tag("H1-15")
    @ParameterizedTest
    @MethodSource("badVersions")
    void otherVersionsAreRefused(Front front, String line) {
        boolean version = line.matches("GET / (?i:HTTP/)\\S*");
        var token = version ? "h1.version" : "h1.target";
        STAGE.rejected().refused(front, head(line, "Host: app.example"), token, version ? 505 : 400);
    }

    @Tag("H1-15")
    @EveryHttp1
    void http09IsRefused(Front front) {
        STAGE.rejected().refused(front, "GET /\r\n", "h1.version", 400, 505);
    }

    @Tag("H1-17")
    @EveryHttp1
    void longRequestLineIsRefused(Front front) {
        STAGE.rejected().refused(front, get("/" + "a".repeat(9000)), "h1.too_large", 414);
        STAGE.rejected().refused(front, get("/?" + "a".repeat(100_000)), "h1.too_large", 414);
    }

    @Tag("H1-17")
    @EveryHttp1
    void largeHeaderBlockIsRefused(Front front) {
        var fields = new String[90];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = "X-" + i + ": " + "v".repeat(400);
        }
        STAGE.rejected().refused(front, get("/", fields), "h1.too_large", 431);
        STAGE.rejected().refused(front, get("/", "X-Huge: " + "v".repeat(1_000_000)), "h1.too_large", 431);
    }

    @Tag("H1-17")
    @EveryHttp1
    void moreThanAHundredFieldsAreRefused(Front front) {
        STAGE.rejected().refused(front, get("/", fields(100)), "h1.too_large", 431); // and Host
    }

    @Tag("H1-17")
    @EveryHttp1
    void longFieldNameIsRefused(Front front) {
        STAGE.rejected().refused(front, get("/", "X".repeat(257) + ": v"), "h1.too_large", 431);
    }

    @Tag("H1-17")
    @EveryHttp1
    void headWithinEveryLimitIsForwarded(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            var path = "/headers?" + "a".repeat(8000);
            assertThat(client.exchange(get(path)).text()).startsWith("GET " + path + " HTTP/1.1\r\n");
            assertThat(client.exchange(get("/headers", fields(99))).text()).contains("\r\nX-98: v\r\n");
            var name = "X".repeat(256);
            assertThat(client.exchange(get("/headers", name + ": v")).text()).contains("\r\n" + name + ": v\r\n");
            var value = "v".repeat(30_000);
            assertThat(client.exchange(get("/headers", "X-Long: " + value)).text())
                    .contains("\r\nX-Long: " + value + "\r\n");
        }
    }

    private static String[] fields(int count) {
        var fields = new String[count];
        for (int i = 0; i < count; i++) {
            fields[i] = "X-" + i + ": v";
        }
        return fields;
    }

    static Stream<Arguments> badMethods() {
        return Inputs.http1("G".repeat(1_000_000), "G(T", "G@T", "G\u00c4T", "\"GET\"", "GET,", "G{}T", "G/T");
    }

    @Tag("H1-18")
    @ParameterizedTest
    @MethodSource("badMethods")
    void methodThatIsNoTokenIsRefused(Front front, String method) {
        STAGE.rejected().refused(front, request(method, "/"), "h1.method", 400);
    }

    @Tag("H1-18")
    @EveryHttp1
    void requestLineWithTooManyOrTooFewWordsIsRefused(Front front) {
        STAGE.rejected().refused(front, request("G ET", "/"), "", 400, 505);
        STAGE.rejected().refused(front, request("", "/"), "", 400, 505);
        STAGE.rejected().refused(front, request("GET ", "/"), "", 400, 505);
        STAGE.rejected().refused(front, request("GET", ""), "", 400, 505);
    }

    @Tag("H1-18")
    @EveryHttp1
    void connectAndTraceAreNotAllowed(Front front) {
        STAGE.rejected()
                .answered(front, head("CONNECT app.example:443 HTTP/1.1", "Host: app.example:443"), "h1.method", 405);
        STAGE.rejected().answered(front, request("TRACE", "/"), "h1.method", 405);
    }

    @Tag("H1-18")
    @EveryHttp1
    void methodThatNobodyKnowsIsForwarded(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            assertThat(client.exchange(request("BREW", "/headers")).text()).startsWith("BREW /headers HTTP/1.1\r\n");
        }
    }

    static Stream<Arguments> badPaths() {
        return Inputs.http1("/%00", "/a%00b", "/\u0080", "/a\u00ff", "/\0", "/a\u0001", "/a\u007f");
    }

    @Tag("H1-19")
    @ParameterizedTest
    @MethodSource("badPaths")
    void nulAndRawBytesInThePathAreRefused(Front front, String path) {
        STAGE.rejected().refused(front, get(path), "", 400);
    }

    static Stream<Arguments> ambiguousPaths() {
        return Inputs.http1(
                "/public/../private/x",
                "/public/..%2fprivate/x",
                "/public/%2e%2e/private/x",
                "/public/%2E%2E%2Fprivate/x",
                "/public/.%2e/private/x",
                "//private/x",
                "/private//",
                "/%2fprivate/x",
                "/;a/private",
                "/public/../%70rivate",
                "/./private/x",
                "/%2e/private/x",
                "/public\\..\\private\\x",
                "/\\private/x",
                "/public/..;/private/x",
                "/%70rivate/x",
                "/private%2fx",
                "/private;a=b/x",
                "/public/%c0%ae%c0%ae/private/x",
                "/public#/../private/x",
                "/private#x",
                "/PRIVATE/x",
                "/public/../../private/x",
                "/private/../public/x",
                "/private/%2e%2e/public/x");
    }

    /// Whatever the decision about such paths is: the route must be the one of the path that the upstream gets,
    /// whatever
    /// it makes of it.
    @Tag("H1-19")
    @ParameterizedTest
    @MethodSource("ambiguousPaths")
    void routeIsChosenByThePathThatIsForwarded(Front front, String path) throws Exception {
        try (var open = TestOrigin.start();
                var closed = TestOrigin.start();
                var proxy = ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                                .route("/", open.address())
                                .route("/private", closed.address()))
                        .start();
                var client = front.raw(proxy)) {
            var answer = client.exchange(get(path));

            assertThat(answer.status()).isIn(200, 400);
            assertThat(open.requests()).noneMatch(request -> coveredByPrivate(request.path()));
            assertThat(closed.requests()).allMatch(request -> coveredByPrivate(request.path()));
            assertThat(open.requests().size() + closed.requests().size()).isEqualTo(answer.status() == 200 ? 1 : 0);
        }
    }

    /// As the upstream reads it that finds most: parameters are no part of the path, and then escapes are decoded.
    private static boolean coveredByPrivate(String path) {
        var read = URLDecoder.decode(path.replaceAll(";[^/]*", ""), StandardCharsets.ISO_8859_1)
                .replaceAll("/+", "/");
        return read.equals("/private") || read.startsWith("/private/");
    }

    @Tag("H1-20")
    @EveryHttp1
    void absoluteFormBecomesOriginForm(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            var sent = head("GET http://app.example/headers?a=b HTTP/1.1", "Host: app.example");
            assertThat(client.exchange(sent).text())
                    .startsWith("GET /headers?a=b HTTP/1.1\r\n")
                    .contains("\r\nHost: app.example\r\n");
            assertThat(client.exchange(head("GET http://app.example HTTP/1.1", "Host: app.example"))
                            .status())
                    .isEqualTo(200);
        }
        assertThat(STAGE.origin().last().target()).isEqualTo("/");
    }

    static Stream<Arguments> badTargets() {
        return Inputs.http1(
                "*",
                "app.example:80",
                "app.example",
                "headers",
                "?a=b",
                "http:///headers",
                "http://",
                "ftp://app.example/headers",
                "http://user@app.example/headers",
                "http://app.example:0/headers",
                "http://app.example:99999/headers",
                "://app.example/");
    }

    @Tag("H1-20")
    @ParameterizedTest
    @MethodSource("badTargets")
    void otherFormsOfTheTargetAreRefused(Front front, String target) {
        STAGE.rejected().refused(front, get(target), "", 400);
    }

    @Tag("H1-20")
    @EveryHttp1
    void asteriskAndAuthorityFormHaveTheirReason(Front front) {
        STAGE.rejected().refused(front, get("*"), "h1.target", 400);
        STAGE.rejected().refused(front, get("app.example:80"), "h1.target", 400);
    }

    @Tag("H1-21")
    @EveryHttp1
    void underscoredTwinsOfOurFieldsAreDropped(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.exchange(get(
                    "/headers",
                    "X_Forwarded_For: 6.6.6.6",
                    "X-Forwarded_For: 6.6.6.6",
                    "x_real_ip: 6.6.6.6",
                    "X_Forwarded_Proto: gopher",
                    "X_Custom: kept"));
        }
        var fields = STAGE.origin().last().fields();
        assertThat(fields.names().stream().map(name -> name.replace('_', '-').toLowerCase(java.util.Locale.ROOT)))
                .doesNotHaveDuplicates();
        assertThat(STAGE.origin().last().head()).doesNotContain("6.6.6.6").doesNotContain("gopher");
        assertThat(fields.first("X_Custom")).hasValue("kept");
    }

    @Tag("H1-22")
    @EveryHttp1
    void connectionRemovesWhatItListsButNothingOfOurs(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.exchange(get(
                    "/headers",
                    "Authorization: Basic x",
                    "X-Secret: y",
                    "X-Forwarded-For: 6.6.6.6",
                    "Connection: X-Forwarded-For, Authorization, Host",
                    "Connection: x-secret, X-Real-IP, X-Forwarded-Proto",
                    "Keep-Alive: timeout=5",
                    "Proxy-Connection: keep-alive",
                    "Proxy-Authorization: Basic z"));
        }
        var fields = STAGE.origin().last().fields();
        assertThat(fields.names())
                .doesNotContain("Authorization", "X-Secret", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization");
        assertThat(fields.values("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(fields.values("X-Real-IP")).containsExactly("127.0.0.1");
        assertThat(fields.values("X-Forwarded-Proto")).containsExactly(front.secure() ? "https" : "http");
        assertThat(fields.values("Host")).containsExactly("app.example");
        assertThat(fields.values("Connection")).doesNotContain("x-secret");
    }

    @Tag("H1-22")
    @EveryHttp1
    void onlyTrailersIsLeftOfTe(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.exchange(get("/headers", "TE: gzip;q=0.5, trailers", "Connection: TE"));
            assertThat(STAGE.origin().last().fields().values("TE")).containsExactly("trailers");

            var last = client.exchange(get("/headers", "TE: gzip", "Connection: close, te"));
            assertThat(STAGE.origin().last().fields().has("TE")).isFalse();
            assertThat(last.fields().values("Connection")).anyMatch("close"::equalsIgnoreCase);
        }
    }
}
