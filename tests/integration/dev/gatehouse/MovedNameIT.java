package dev.gatehouse;

import static dev.gatehouse.support.AppUnderTest.upstreams;
import static dev.gatehouse.support.Inputs.once;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.Client;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.Fields;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.H2Origin;
import dev.gatehouse.support.MovingNames;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.TestOrigin;
import java.time.Duration;
import java.util.Locale;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Upstreams whose name gets another address, and connections that have become old.
@Timeout(60)
class MovedNameIT {
    private static final String OLD = "127.0.0.2";
    private static final String NEW = "127.0.0.3";

    /// A response of DNS is believed for a second whatever happens.
    private static void awaitDoubt(long answered) {
        await().atMost(ofSeconds(5))
                .until(() ->
                        System.nanoTime() - answered > Duration.ofMillis(1100).toNanos());
    }

    @ParameterizedTest
    @Tag("UP-01")
    @EnumSource(names = {"H1", "H2"})
    void refusedAddressIsResolvedAgainBeforeTheClientHearsOfIt(Front front) throws Exception {
        var name = "refusing-" + front.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".test";
        MovingNames.move(name, OLD);
        var before = TestOrigin.startAt(OLD, 0);
        int port = before.port();
        try (var after = TestOrigin.startAt(NEW, port);
                var proxy = ProxyUnderTest.with(
                                AppUnderTest.named("app", "app.example").route("/", name + ":" + port))
                        .start();
                var client = front.connect(proxy)) {
            assertThat(client.get("/headers?old").status()).isEqualTo(200);
            long answered = System.nanoTime();
            assertThat(before.requests()).hasSize(1);
            before.close();
            MovingNames.move(name, NEW);
            awaitDoubt(answered);

            var response = client.post("/echo", Body.of("cannot be sent twice"));

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.text()).isEqualTo("cannot be sent twice");
            assertThat(after.requests()).hasSize(1);
        } finally {
            before.close();
        }
    }

    @Test
    @Tag("UP-01")
    void nameThatDidNotMoveFailsOnce() throws Exception {
        MovingNames.move("staying.test", OLD);
        var origin = TestOrigin.startAt(OLD, 0);
        try (var proxy = ProxyUnderTest.with(
                                AppUnderTest.named("app", "app.example").route("/", "staying.test:" + origin.port()))
                        .start();
                var client = Front.H1.connect(proxy)) {
            assertThat(client.get("/headers").status()).isEqualTo(200);
            long answered = System.nanoTime();
            origin.close();
            awaitDoubt(answered);

            var target = once("/headers");
            assertThat(client.get(target).status()).isEqualTo(502);
            var line = proxy.awaitAccessTo(target);
            assertThat(line.failure()).isEqualTo("up.connect");
            assertThat(line.value("cause")).contains("refused");
        } finally {
            origin.close();
        }
    }

    @Test
    @Tag("UP-02")
    void keptConnectionEndsWhenItsAddressLeaves() throws Exception {
        MovingNames.move("leaving.test", OLD);
        var refusing = TestOrigin.refusingAddress();
        try (var before = TestOrigin.startAt(OLD, 0);
                var after = TestOrigin.startAt(NEW, before.port());
                var proxy = ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                                .route("/", "leaving.test:" + before.port())
                                .route("/refused", "leaving.test" + refusing.substring(refusing.indexOf(':'))))
                        .start();
                var client = Front.H1.connect(proxy)) {
            var target = once("/headers");
            assertThat(client.get(target).status()).isEqualTo(200);
            MovingNames.move("leaving.test", NEW);

            // The old one answers still; the name is looked up for somebody else.
            await().atMost(ofSeconds(10)).until(() -> {
                assertThat(client.get("/refused").status()).isEqualTo(502);
                return before.awaitRequest(target).isConnectionEnded();
            });
            assertThat(before.awaitRequest(target).connectionEnd()).isIn(Ending.CLOSED, Ending.RESET);
            assertThat(client.get("/headers?new").status()).isEqualTo(200);
            assertThat(after.requests()).hasSize(1);
        }
    }

    @Test
    @Tag("UP-02")
    void connectionThatIsTooOldTakesNoMoreRequests() throws Exception {
        try (var origin = TestOrigin.start();
                var origin2 = H2Origin.start(call -> call.head(200, Fields.NONE, true));
                var proxy = ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                                .route("/", origin.address())
                                .routeWith(
                                        "/h2",
                                        upstreams(origin2.address()),
                                        "upstream_options = [\"force_http2_upstream\"]"))
                        .timeout("upstream_max_age", Duration.ofMillis(300))
                        .start();
                var client = Front.H1.connect(proxy)) {
            awaitSecond(client, "/headers", origin::connections);
            awaitSecond(client, "/h2", () -> origin2.connections().size());
            assertThat(origin.requests().size())
                    .as("connections are kept at all")
                    .isGreaterThan(origin.connections());
        }
    }

    private static void awaitSecond(Client client, String target, IntSupplier connections) {
        await().atMost(ofSeconds(10)).pollInterval(Duration.ofMillis(20)).until(() -> {
            assertThat(client.get(target).status()).isEqualTo(200);
            return connections.getAsInt() > 1;
        });
    }
}
