package dev.gatehouse;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp1;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.Heads;
import dev.gatehouse.support.Inputs;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Connections that became tunnels (WebSocket): what goes through, and how they end.
@Timeout(60)
class TunnelIT {
    private static final int TRANSFER = 32_000_000;

    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                    .route("/", origin.address())
                    .routeWith(
                            "/websocket",
                            AppUnderTest.upstreams(origin.address()),
                            "timeouts = { tunnel_idle = \"10s\" }")
                    .routeWith(
                            "/short",
                            AppUnderTest.upstreams(origin.address()),
                            "replace_path = \"/websocket\"",
                            "timeouts = { tunnel_idle = \"1s\" }")
                    .routeWith(
                            "/narrow",
                            AppUnderTest.upstreams(origin.address()),
                            "replace_path = \"/headers\"",
                            "upgrades = [\"websocket\"]"))
            .timeout("client_idle", ofSeconds(1))
            .timeout("client_stall", ofSeconds(1))
            .timeout("stream_idle", ofSeconds(1))
            .timeout("upstream_idle", ofSeconds(1)));

    private static RawHttp1Client open(Front front, String target, int bufferBytes) {
        var client = front.raw(STAGE.proxy(), bufferBytes);
        client.send(request(target));
        var answer = client.read();
        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.fields().first("Upgrade")).hasValue("websocket");
        assertThat(answer.fields().first("Connection")).hasValue("Upgrade");
        // RFC 6455 §1.3 has this pair.
        assertThat(answer.fields().first("Sec-WebSocket-Accept")).hasValue("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        return client;
    }

    private static String request(String target) {
        return Heads.head(
                "GET " + target + " HTTP/1.1",
                "Host: app.example",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    }

    @Tag("UP-14")
    @EveryHttp1
    void bytesGoBothWaysAndTheTunnelIsOneAccessLineAtItsEnd(Front front) {
        var target = Inputs.once("/websocket");
        try (var client = open(front, target, 0)) {
            for (int i = 0; i < 5; i++) {
                client.send("ping " + i);
                assertThat(client.readText(6)).isEqualTo("ping " + i);
            }
            assertThat(STAGE.proxy().accessLines())
                    .noneMatch(line -> line.value("target").equals(target));
            client.finish();

            assertThat(client.awaitClose().ending()).isIn(Ending.CLOSED, Ending.CUT);
        }
        var line = STAGE.proxy().awaitAccessTo(target);
        assertThat(line.status()).isEqualTo(101);
        assertThat(line.failure()).isEmpty();
        assertThat(line.number("bytes_sent")).isEqualTo(30);
        assertThat(line.number("bytes_received")).isEqualTo(30);
        assertThat(STAGE.proxy().accessLines())
                .filteredOn(other -> other.value("target").equals(target))
                .hasSize(1);
    }

    @Tag("H1-24")
    @EveryHttp1
    void bytesBehindTheRequestAreTheFirstOnesOfTheTunnel(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(request(Inputs.once("/websocket")) + "early");

            assertThat(client.read().status()).isEqualTo(101);
            assertThat(client.readText(5)).isEqualTo("early");
        }
    }

    @Tag("UP-14")
    @EveryHttp1
    void upstreamThatSaysByeIsHeardToTheEnd(Front front) {
        var target = Inputs.once("/websocket?mode=bye");
        try (var client = open(front, target, 0)) {
            var closing = client.awaitClose();

            assertThat(closing.rest().text()).isEqualTo("gone");
            assertThat(closing.ending()).isEqualTo(Ending.CLOSED);
        }
        assertThat(STAGE.proxy().awaitAccessTo(target).number("bytes_sent")).isEqualTo(4);
    }

    @Tag("UP-14")
    @EveryHttp1
    void upstreamThatDiesTakesTheClientWithIt(Front front) {
        var target = Inputs.once("/websocket?mode=reset");
        try (var client = open(front, target, 0)) {
            client.send("x");

            assertThat(client.awaitClose().ending()).isIn(Ending.CLOSED, Ending.CUT, Ending.RESET);
        }
        assertThat(STAGE.proxy().awaitAccessTo(target).status()).isEqualTo(101);
    }

    @Tag("UP-14")
    @EveryHttp1
    void clientThatDiesTakesTheUpstreamWithIt(Front front) {
        var target = Inputs.once("/websocket");
        try (var client = open(front, target, 0)) {
            client.send("x");
            assertThat(client.readText(1)).isEqualTo("x");
            client.reset();

            assertThat(STAGE.origin().awaitRequest(target).connectionEnd()).isNotNull();
        }
        assertThat(STAGE.proxy().awaitAccessTo(target).status()).isEqualTo(101);
    }

    @Tag("UP-14")
    @EveryHttp1
    void silenceInBothDirectionsEndsTheTunnel(Front front) {
        var target = Inputs.once("/short");
        try (var client = open(front, target, 0)) {
            var started = System.nanoTime();

            assertThat(client.awaitClose().ending()).isIn(Ending.CLOSED, Ending.CUT, Ending.RESET);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(ofMillis(900), ofSeconds(4));
        }
        assertThat(STAGE.proxy().awaitAccessTo(target).status()).isEqualTo(101);
    }

    @Tag("UP-14")
    @EveryHttp1
    void oneDirectionIsEnoughToKeepTheTunnel(Front front) {
        try (var client = open(front, Inputs.once("/short?mode=drip&ms=200&n=15"), 0)) {
            assertThat(client.readText(15)).isEqualTo("d".repeat(15));
        }
        try (var client = open(front, Inputs.once("/short?mode=listen"), 0)) {
            assertThat(client.drip("123456789012345", ofMillis(200))).isEqualTo(15);
            client.send(".");
            assertThat(client.readText(4)).isEqualTo("done");
        }
    }

    @Tag("UP-14")
    @EveryHttp1
    void limitsOfRequestsDoNotHoldInTunnels(Front front) {
        try (var client = open(front, Inputs.once("/websocket"), 0)) {
            assertThat(client.isQuietFor(ofMillis(2500))).isTrue();
            client.send("still here");
            assertThat(client.readText(10)).isEqualTo("still here");
        }
    }

    @Tag("UP-10")
    @EveryHttp1
    void readerThatPausesHoldsTheWriterBackAndLosesNothing(Front front) throws Exception {
        var target = Inputs.once("/websocket?n=" + TRANSFER);
        var body = Body.pattern(TRANSFER);
        try (var client = open(front, target, 16_384)) {
            var writer = Thread.ofVirtual().start(() -> {
                try {
                    body.writeTo(client.out(), 65_536);
                } catch (IOException ended) {
                    // What was read tells.
                }
            });
            // Nobody reads: what is in flight is what kernel buffers and one buffer of ours hold.
            var received = STAGE.origin().awaitRequest(target).body();
            var before = new long[] {-1};
            await().atMost(ofSeconds(8)).pollInterval(ofMillis(500)).until(() -> {
                long now = received.length();
                boolean stands = now == before[0];
                before[0] = now;
                return stands;
            });
            assertThat(writer.isAlive()).isTrue();

            var rest = client.awaitClose().rest();
            assertThat(rest.length()).isEqualTo(TRANSFER);
            assertThat(rest.digest()).isEqualTo(body.digest());
            writer.join();
        }
        var line = STAGE.proxy().awaitAccessTo(target);
        assertThat(line.number("bytes_sent")).isEqualTo(TRANSFER);
        assertThat(line.number("bytes_received")).isEqualTo(TRANSFER);
    }

    /// Over TLS a close_notify ends both directions: the engine knows no half of a connection.
    @Test
    @Tag("UP-14")
    void clientThatHasSaidAllStillHearsTheRest() throws Exception {
        var target = Inputs.once("/websocket");
        try (var client = open(Front.H1, target, 0)) {
            var body = Body.pattern(1_000_000);
            body.writeTo(client.out(), 65_536);
            client.finish();

            assertThat(client.awaitClose().rest().digest()).isEqualTo(body.digest());
        }
    }

    @Tag("H1-24")
    @EveryHttp1
    void refusedUpgradeIsAnAnswerLikeAnyOther(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(request(Inputs.once("/status?code=403")));
            assertThat(client.read().status()).isEqualTo(403);
            assertThat(client.exchange(Heads.head("GET /headers HTTP/1.1", "Host: app.example"))
                            .status())
                    .isEqualTo(200);
        }
    }

    private static String asking(String line, String protocols) {
        return Heads.head(line + " HTTP/1.1", "Host: app.example", "Connection: Upgrade", "Upgrade: " + protocols);
    }

    static Stream<Arguments> protocols() {
        return Stream.of(Front.H1, Front.H1_TLS)
                .flatMap(front -> Stream.of(
                                "POST tcp", "POST SPDY/3.1", "POST tailscale-control-protocol", "GET derp", "GET spice")
                        .map(asked -> Arguments.of(front, asked)));
    }

    @Tag("H1-24")
    @ParameterizedTest
    @MethodSource("protocols")
    void upgradeThatTheUpstreamAcceptsPasses(Front front, String asked) {
        var protocol = asked.substring(asked.indexOf(' ') + 1);
        var target = Inputs.once("/websocket?gate=" + front + asked.replace(' ', '-'));
        try (var client = front.raw(STAGE.proxy())) {
            client.send(asking(asked.substring(0, asked.indexOf(' ')) + " " + target, protocol) + "early");
            assertThat(STAGE.origin().awaitRequest(target).fields().values("Upgrade"))
                    .containsExactly(protocol);
            STAGE.origin().gates().open(front + asked.replace(' ', '-'));

            var response = client.read();
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.fields().values("Upgrade")).containsExactly(protocol);
            assertThat(response.fields().first("X-Bytes-Before"))
                    .as("what stands behind the request is held until the 101")
                    .hasValue("0");
            assertThat(client.readText(5)).isEqualTo("early");
            client.send("late");
            assertThat(client.readText(4)).isEqualTo("late");
        }
        assertThat(STAGE.proxy().awaitAccessTo(target).number("bytes_received")).isEqualTo(9);
    }

    @Tag("H1-24")
    @EveryHttp1
    void upgradeThatMayNotPassIsAPlainRequest(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            for (var protocols : new String[] {"h2c", "HTTP/2.0, TLS/1.3"}) {
                var response = client.exchange(asking("GET /headers", protocols));
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).doesNotContainIgnoringCase("upgrade");
            }
            assertThat(client.exchange(asking("GET /narrow", "tcp")).text()).doesNotContainIgnoringCase("upgrade");
            assertThat(client.exchange(asking("GET /narrow", "tcp, websocket")).text())
                    .contains("Upgrade: websocket\r\n");
            assertThat(client.exchange(asking("GET /headers", "h2c, tcp")).text())
                    .contains("Upgrade: tcp\r\n");
        }
    }

    @Tag("H1-24")
    @EveryHttp1
    void whatStandsBehindARefusedUpgradeIsNoRequest(Front front) {
        var hidden = Inputs.once("/headers?hidden");
        for (var asked : new String[] {"tcp", "h2c"}) {
            try (var client = front.raw(STAGE.proxy())) {
                client.send(asking("POST /status?code=403", asked)
                        + Heads.head("GET " + hidden + " HTTP/1.1", "Host: app.example"));

                assertThat(client.read().status()).isEqualTo(403);
                assertThat(client.awaitClose().rest().length()).isZero();
            }
        }
        assertThat(STAGE.origin().requests())
                .noneMatch(request -> request.target().equals(hidden));
    }
}
