package dev.gatehouse.faults;

import static dev.gatehouse.support.AppUnderTest.upstreams;
import static dev.gatehouse.support.Inputs.once;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.BlackHole;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Received;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.TestOrigin;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Upstreams that cannot be connected, and kept connections that are dead when they are needed.
@Timeout(60)
class UpstreamConnectIT {
    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                    .route("/", origin.address())
                    .route("/refused", TestOrigin.refusingAddress())
                    .route("/refused6", "[::1]:1")
                    .route("/unreachable", "255.255.255.255:80")
                    .route("/unknown", "no-such-host.invalid:80")
                    .routeWith("/next", upstreams(TestOrigin.refusingAddress(), origin.address())))
            .timeout("upstream_connect", ofSeconds(1)));

    @Tag("UP-01")
    @EveryProtocol
    void refusedConnectionIsBadGateway(Front front) {
        assertFails(front, "/refused", 502, "up.connect");
        assertFails(front, "/refused6", 502, "up.connect");
    }

    @Tag("UP-01")
    @EveryProtocol
    void unreachableAddressIsBadGateway(Front front) {
        assertFails(front, "/unreachable", 502, "up.connect");
    }

    @Tag("UP-01")
    @EveryProtocol
    @Tag("CF-07")
    void unknownNameIsBadGateway(Front front) {
        assertFails(front, "/unknown", 502, "up.dns");
    }

    @Tag("UP-01")
    @EveryProtocol
    void refusedConnectionGoesToTheNextUpstream(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/next").status()).isEqualTo(200);
                assertThat(client.post("/next", Body.of("body")).status()).isEqualTo(200);
            }
        }
        assertThat(STAGE.origin().last().body().text()).isEqualTo("body");
    }

    @Test
    @Tag("UP-01")
    void addressThatSwallowsConnectionsTimesOut() throws Exception {
        try (var hole = new BlackHole();
                var proxy = ProxyUnderTest.with(
                                AppUnderTest.named("app", "app.example").route("/", hole.address()))
                        .timeout("upstream_connect", ofSeconds(1))
                        .start()) {
            for (var front : Front.values()) {
                try (var client = front.connect(proxy)) {
                    var started = System.nanoTime();
                    assertThat(client.get("/").status()).as(front.toString()).isEqualTo(504);
                    assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(ofMillis(900), ofSeconds(4));
                }
            }
            assertThat(proxy.awaitAccess(4))
                    .allSatisfy(line -> assertThat(line.failure()).isEqualTo("up.connect"));
        }
    }

    private static void assertFails(Front front, String path, int status, String token) {
        var target = once(path);
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.get(target);
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.isComplete()).isTrue();
            assertThat(answer.text()).contains("cannot be reached").doesNotContain("valid");
            assertThat(client.get("/headers").status()).as("the next request").isEqualTo(200);
        }
        var line = STAGE.proxy().awaitAccessTo(target);
        assertThat(line.failure()).isEqualTo(token);
        assertThat(line.value("upstream")).isNotEmpty();
        assertThat(line.value("cause")).isNotEmpty();
    }

    @Tag("UP-02")
    @EveryProtocol
    void idempotentRequestIsRetriedOnceWhenTheKeptConnectionDies(Front front) {
        for (var how : new String[] {"fin", "rst"}) {
            try (var client = front.connect(STAGE.proxy())) {
                for (int i = 0; i < 4; i++) {
                    assertThat(client.get("/reuse-race?how=" + how).status())
                            .as(how)
                            .isEqualTo(200);
                }
            }
        }
    }

    @Tag("UP-02")
    @EveryProtocol
    void otherRequestIsNotSentTwice(Front front) {
        var target = "/reuse-race?twice=" + front;
        try (var client = front.connect(STAGE.proxy())) {
            client.get("/reuse-race");
            var answer = client.post(target, Body.of("pay once"));

            assertThat(answer.status()).isIn(200, 502);
            assertThat(STAGE.origin().requests().stream()
                            .filter(request -> request.target().equals(target)))
                    .hasSize(1);
            if (answer.status() == 502) {
                assertThat(STAGE.proxy().awaitAccessTo(target).failure()).isEqualTo("up.reuse_race");
            }
        }
    }

    @Tag("UP-02")
    @EveryProtocol
    void connectionThatTheUpstreamClosedIsNotUsedAgain(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            for (int i = 0; i < 3; i++) {
                var target = "/stale?" + front + i;
                assertThat(client.post(target, Body.of("post")).status()).isEqualTo(200);
                // The proxy has seen the FIN when it has answered it.
                STAGE.origin().awaitRequest(target).connectionEnd();
            }
        }
        assertThat(STAGE.origin().requests().stream()
                        .filter(request -> request.path().equals("/stale"))
                        .map(Received::connection))
                .doesNotHaveDuplicates();
    }

    @Tag("UP-02")
    @EveryProtocol
    void keptConnectionsAreUsedAgain(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            client.get("/headers?warm");
            int before = STAGE.origin().connections();
            for (int i = 0; i < 20; i++) {
                assertThat(client.send(Request.get("/headers?kept=" + front + i))
                                .status())
                        .isEqualTo(200);
            }
            assertThat(STAGE.origin().connections()).isLessThanOrEqualTo(before + 1);
        }
    }

    @Tag("UP-02")
    @EveryProtocol
    void connectionIsGivenUpBeforeTheUpstreamWouldCloseIt(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/keep-alive?timeout=1&" + front).status())
                        .isEqualTo(200);
            }
        }
        assertThat(STAGE.origin().requests().stream()
                        .filter(request -> request.target().equals("/keep-alive?timeout=1&" + front))
                        .map(Received::connection))
                .doesNotHaveDuplicates();
    }
}
