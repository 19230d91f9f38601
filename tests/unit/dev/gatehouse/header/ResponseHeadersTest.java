package dev.gatehouse.header;

import static dev.gatehouse.http.TestRequest.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.http.Protocol;
import org.eclipse.jetty.http.HttpField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHeadersTest {
    @Test
    void dropsWhatBelongsToTheConnectionWithTheUpstream() {
        var answer = ResponseHeaders.forClient(
                fields(
                        "Connection: X-Debug",
                        "Server: backend/1.0",
                        "Keep-Alive: timeout=5",
                        "X-Debug: 1",
                        "Transfer-Encoding: chunked",
                        "Trailer: X-Sum",
                        "Upgrade: h2c",
                        "Proxy-Authenticate: Basic",
                        "Proxy-Connection: close",
                        "Alt-Svc: h3=\":443\"",
                        "Content-Length: 5",
                        "Set-Cookie: a=b",
                        "Set-Cookie: c=d",
                        "connection: x-more, Content-Length",
                        "X-More: 2",
                        "X-Kept: 3"),
                Protocol.HTTP_1_1);

        assertThat(answer)
                .extracting(HttpField::toString)
                .containsExactly(
                        "Server: backend/1.0",
                        "Trailer: X-Sum",
                        "Content-Length: 5",
                        "Set-Cookie: a=b",
                        "Set-Cookie: c=d",
                        "X-Kept: 3",
                        "Via: 1.1 " + Via.PSEUDONYM);
    }

    @Test
    void appendsToViaTheVersionThatTheUpstreamSpoke() {
        var answer = ResponseHeaders.forClient(fields("Via: 1.1 cache"), Protocol.HTTP_1_0);

        assertThat(answer)
                .extracting(HttpField::toString)
                .containsExactly("Via: 1.1 cache", "Via: 1.0 " + Via.PSEUDONYM);
    }

    @Test
    void passesTheUpgradeOn() {
        var answer = ResponseHeaders.forClient(
                fields("Connection: upgrade", "Upgrade: websocket", "Sec-WebSocket-Accept: x"),
                Protocol.HTTP_1_1,
                new HttpField("Upgrade", "websocket"));

        assertThat(answer)
                .extracting(HttpField::toString)
                .containsExactly(
                        "Sec-WebSocket-Accept: x",
                        "Via: 1.1 " + Via.PSEUDONYM,
                        "Connection: Upgrade",
                        "Upgrade: websocket");
    }

    @ParameterizedTest
    @ValueSource(strings = {"grpc-status", "grpc-message", "X-Checksum", "ETag", "Server-Timing", "Digest", "Link"})
    void passesTrailersOn(String name) {
        assertThat(ResponseHeaders.trailerAllowed(new HttpField(name, "x"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length",
                "content_length",
                "Transfer-Encoding",
                "Transfer_Encoding",
                "Host",
                "Authorization",
                "Connection",
                "TE",
                "Trailer",
                "Upgrade",
                "Content-Type",
                "Content-Encoding",
                "Content-Range",
                "Set-Cookie",
                "Cookie",
                "Cache-Control",
                "If-Match",
                "Range",
                "Max-Forwards",
                "Expect",
                "Forwarded",
                "X-Forwarded-For",
                "X_Real_IP",
                "X-Request-Id",
                "Proxy",
                "Via",
                "Location",
                "Date",
                ":status",
                "Proxy-Authorization",
                "WWW-Authenticate"
            })
    void dropsTrailersThatWouldChangeTheMessage(String name) {
        assertThat(ResponseHeaders.trailerAllowed(new HttpField(name, "x"))).isFalse();
    }
}
