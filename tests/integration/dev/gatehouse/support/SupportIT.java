package dev.gatehouse.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The support classes against each other, without the proxy: what they say of an answer must be true before they
/// judge.
@Timeout(30)
class SupportIT {
    private final TestPki pki = TestPki.create();
    private final TestOrigin origin = TestOrigin.start();
    private final TestOrigin tlsOrigin = TestOrigin.startTls(TestPki.serving(pki.leaf("origin.example", "127.0.0.1")));

    @AfterEach
    void stop() throws IOException {
        origin.close();
        tlsOrigin.close();
    }

    private RawHttp1Client client(boolean tls) {
        return tls
                ? RawHttp1Client.tls(address(tlsOrigin), "origin.example", pki.trusting())
                : RawHttp1Client.plain(address(origin));
    }

    private static InetSocketAddress address(TestOrigin origin) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), origin.port());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsAConnectionAndCountsItsRequests(boolean tls) {
        try (var client = client(tls)) {
            assertThat(client.exchange("GET /headers HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n")
                            .text())
                    .isEqualTo("GET /headers HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n");
            assertThat(client.exchange("HEAD /bytes?n=7 HTTP/1.1\r\nHost: a\r\n\r\n")
                            .body()
                            .length())
                    .isZero();
            assertThat(client.exchange("GET /204 HTTP/1.1\r\nHost: a\r\n\r\n").status())
                    .isEqualTo(204);
        }

        var requests = (tls ? tlsOrigin : origin).requests();
        assertThat(requests).extracting(Received::number).containsExactly(1, 2, 3);
        assertThat(requests).extracting(Received::connection).containsOnly(1);
        assertThat(requests.getLast().connectionEnd()).isEqualTo(Ending.CLOSED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void echoesBothFramingsAndTrailers(boolean tls) {
        try (var client = client(tls)) {
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
            assertThat(client.read().text()).isEqualTo("hello");
            client.send(Heads.post("/echo", "Transfer-Encoding: chunked"));
            client.send("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-T: 1\r\n\r\n");
            var answer = client.read();
            assertThat(answer.text()).isEqualTo("abcde");
            assertThat(answer.trailers().first("x-t")).hasValue("1");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tellsTheEndingsApart(boolean tls) {
        assertThat(ending(tls, "/bytes?n=5")).isEqualTo(Ending.COMPLETE);
        assertThat(ending(tls, "/bytes?n=5&framing=chunked")).isEqualTo(Ending.COMPLETE);
        assertThat(ending(tls, "/close-delimited")).isEqualTo(Ending.CLOSED);
        assertThat(ending(tls, "/dies-in-body")).isEqualTo(Ending.CUT);
        assertThat(ending(tls, "/dies-in-body?how=rst")).isEqualTo(Ending.RESET);
        assertThat(ending(tls, "/dies-in-chunk")).isEqualTo(Ending.CUT);
        assertThat(ending(tls, "/dies-before-answer")).isEqualTo(Ending.CLOSED);
    }

    @Test
    void noticesTlsTruncation() {
        assertThat(ending(true, "/close-delimited-tls-truncated")).isEqualTo(Ending.CUT);
    }

    private Ending ending(boolean tls, String target) {
        try (var client = client(tls)) {
            return client.exchange("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n")
                    .ending();
        }
    }

    @Test
    void collectsInterimAnswers() {
        try (var client = client(false)) {
            var answer = client.exchange("GET /103-then-200 HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(answer.interims()).extracting(Answer.Interim::status).containsExactly(103);
            assertThat(answer.status()).isEqualTo(200);
        }
    }

    @Test
    void tunnelsBytes() {
        try (var client = client(false)) {
            client.send("GET /websocket HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(101);
            client.send("any bytes");
            assertThat(client.readText(9)).isEqualTo("any bytes");
        }
    }

    @Test
    void patternsHaveTheDigestOfWhatIsReceived() {
        try (var client = client(false)) {
            var answer = client.exchange("GET /bytes?n=1000003&framing=chunked&piece=777 HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(answer.body().digest()).isEqualTo(Body.pattern(1_000_003).digest());
        }
    }

    @Test
    void anUploadThatIsCutIsSeenByTheOrigin() {
        try (var client = client(false)) {
            client.send("POST /discard HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
            origin.awaitRequest("/discard");
            client.reset();
        }

        assertThat(origin.last().bodyEnd()).isEqualTo(Ending.RESET);
        assertThat(origin.last().body().text()).isEqualTo("abc");
    }

    @Test
    void leafsOfEveryKindServe() {
        for (var kind : TestPki.Kind.values()) {
            try (var other = TestOrigin.startTls(TestPki.serving(pki.leaf(kind, "origin.example")));
                    var client = RawHttp1Client.tls(address(other), "origin.example", pki.trusting())) {
                assertThat(client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status())
                        .isEqualTo(200);
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        }
    }

    @Test
    void speaksHttp2WithJetty() throws Exception {
        var server = new Server();
        var connector = new ServerConnector(server, 1, 1, new HTTP2CServerConnectionFactory(new HttpConfiguration()));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(org.eclipse.jetty.server.Request request, Response response, Callback callback) {
                response.setTrailersSupplier(() -> HttpFields.build().add("x-t", "1"));
                Content.copy(request, response, callback);
                return true;
            }
        });
        server.start();
        try (var raw = H2RawClient.plain(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), connector.getLocalPort()));
                var client = new Http2Client(raw)) {
            var answer = client.send(Request.of("POST", "/").body(Body.pattern(300_000), Request.Framing.CHUNKED));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().digest()).isEqualTo(Body.pattern(300_000).digest());
            assertThat(answer.trailers()).isEqualTo(Fields.of("x-t", "1"));
            raw.fence();
            raw.data(0, false, "a DATA frame on stream 0");
            assertThat(raw.awaitClose()).isEqualTo(Frame.PROTOCOL_ERROR);
        } finally {
            server.stop();
        }
    }

    @Test
    void readsAccessLines() {
        var line = new AccessLine("{\"status\":404,\"cause\":\"a \\\"b\\\"\",\"duration_ms\":1.5}");

        assertThat(List.of(line.status(), line.value("cause"), line.number("duration_ms"), line.failure()))
                .isEqualTo(List.of(404, "a \\\"b\\\"", 1.5, ""));
    }
}
