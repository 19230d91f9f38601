package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Which of several upstreams gets a request, and what a dead one costs.
@Timeout(60)
class BalancingIT {
    private final TestOrigin first = TestOrigin.start();
    private final TestOrigin second = TestOrigin.start();
    private final TestOrigin third = TestOrigin.start();

    @AfterEach
    void stop() throws IOException {
        first.close();
        second.close();
        third.close();
    }

    private ProxyUnderTest proxy(String how) {
        return proxy(how, first.address(), second.address(), third.address());
    }

    private static ProxyUnderTest proxy(String how, String... locations) {
        return ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                        .routeWith("/", AppUnderTest.upstreams(locations), "load_balance = \"" + how + "\""))
                .start();
    }

    private List<Integer> shares() {
        return List.of(
                first.requests().size(),
                second.requests().size(),
                third.requests().size());
    }

    private static void get(ProxyUnderTest proxy, Front front, int requests) {
        try (var client = front.connect(proxy)) {
            for (int i = 0; i < requests; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
        }
    }

    @EveryProtocol
    void noneMeansTheFirst(Front front) {
        try (var proxy = proxy("none")) {
            get(proxy, front, 30);

            assertThat(shares()).containsExactly(30, 0, 0);
        }
    }

    @EveryProtocol
    void roundRobinIsExactOverOneConnection(Front front) {
        try (var proxy = proxy("round_robin")) {
            get(proxy, front, 30);

            assertThat(shares()).containsExactly(10, 10, 10);
        }
    }

    @EveryProtocol
    void roundRobinIsEvenOverManyConnections(Front front) {
        try (var proxy = proxy("round_robin")) {
            for (int connection = 0; connection < 20; connection++) {
                get(proxy, front, 3);
            }

            // Each loop counts for itself, so that each may be one turn ahead for each upstream.
            int loops = Runtime.getRuntime().availableProcessors();
            assertThat(shares()).allSatisfy(share -> assertThat(share).isBetween(20 - loops, 20 + loops));
        }
    }

    @EveryProtocol
    void randomGivesToAll(Front front) {
        try (var proxy = proxy("random")) {
            get(proxy, front, 120);

            // Below 10 of 120 by chance: less than once in a hundred million runs.
            assertThat(shares()).allSatisfy(share -> assertThat(share).isGreaterThan(9));
        }
    }

    @EveryProtocol
    void anUpstreamTwiceInTheListGetsTwiceTheShare(Front front) {
        try (var proxy = proxy("round_robin", first.address(), first.address(), second.address())) {
            get(proxy, front, 30);

            assertThat(shares()).containsExactly(20, 10, 0);
        }
    }

    @EveryProtocol
    void aDeadUpstreamCostsNoRequest(Front front) {
        for (var how : new String[] {"none", "round_robin", "random"}) {
            try (var proxy = proxy(how, TestOrigin.refusingAddress(), second.address(), third.address())) {
                try (var client = front.connect(proxy)) {
                    for (int i = 0; i < 20; i++) {
                        assertThat(client.get("/").status()).as(how).isEqualTo(200);
                        assertThat(client.post("/echo", Body.pattern(1_000))
                                        .body()
                                        .digest())
                                .as(how)
                                .isEqualTo(Body.pattern(1_000).digest());
                    }
                }
            }
        }
    }

    @Test
    void aDeadUpstreamIsTriedOnceAndThenPassedOver() {
        try (var proxy = proxy("round_robin", TestOrigin.refusingAddress(), second.address(), third.address())) {
            get(proxy, Front.H1, 12);

            var lines = proxy.awaitAccess(12);
            assertThat(lines).allMatch(line -> line.status() == 200);
            assertThat(lines.stream().filter(line -> line.number("attempts") > 1))
                    .hasSize(1);
        }
    }

    @Test
    void anUpstreamThatComesBackGetsItsShareAgain() throws IOException {
        int port = first.port();
        first.close();
        try (var proxy = proxy("round_robin", "127.0.0.1:" + port, second.address());
                var client = Front.H1.connect(proxy)) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
            assertThat(second.requests()).hasSize(10);

            try (var back = TestOrigin.startAt(port)) {
                var failed = new AtomicInteger();
                await().atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> {
                            if (client.get("/").status() != 200) {
                                failed.incrementAndGet();
                            }
                            return !back.requests().isEmpty();
                        });
                int before = back.requests().size();
                for (int i = 0; i < 10; i++) {
                    assertThat(client.get("/").status()).isEqualTo(200);
                }

                assertThat(failed).hasValue(0);
                assertThat(back.requests()).hasSize(before + 5);
            }
        }
    }

    @Test
    void anUpstreamThatDiesUnderLoadCostsNoGet() throws IOException {
        try (var proxy = proxy("round_robin");
                var client = Front.H1.connect(proxy)) {
            for (int i = 0; i < 9; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }

            first.close(); // with a kept connection to it

            for (int i = 0; i < 9; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void allDeadIsABadGateway() {
        try (var proxy = proxy("round_robin", TestOrigin.refusingAddress(), TestOrigin.refusingAddress());
                var client = Front.H1.connect(proxy)) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/").status()).isEqualTo(502);
            }
        }
    }
}
