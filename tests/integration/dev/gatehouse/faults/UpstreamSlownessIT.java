package dev.gatehouse.faults;

import static dev.gatehouse.support.Inputs.once;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp1;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.Heads;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Stage;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Upstreams that take longer than they may. The limits are a second; an upload may stand still for the sum of two.
@Timeout(60)
class UpstreamSlownessIT {
    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                    .route("/", origin.address())
                    .routeWith(
                            "/never-reads",
                            AppUnderTest.upstreams(origin.address()),
                            "timeouts = { upstream_idle = \"3s\" }")
                    .routeWith(
                            "/gate",
                            AppUnderTest.upstreams(origin.address()),
                            "timeouts = { upstream_response_header = \"10s\" }"))
            .timeout("upstream_response_header", ofSeconds(1))
            .timeout("upstream_idle", ofSeconds(1)));

    @Tag("UP-04")
    @EveryProtocol
    void upstreamThatSaysNothingIsAGatewayTimeout(Front front) {
        assertTimesOut(front, "/silent?" + front);
    }

    @Tag("UP-04")
    @EveryProtocol
    void headThatDripsIsAGatewayTimeoutThoughBytesKeepComing(Front front) {
        assertTimesOut(front, "/slow-head?ms=50&n=200&" + front);
    }

    private static void assertTimesOut(Front front, String target) {
        try (var client = front.connect(STAGE.proxy())) {
            var started = System.nanoTime();
            var answer = client.get(target);

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.isComplete()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(ofMillis(900), ofSeconds(4));
            assertThat(STAGE.origin().awaitRequest(target).connectionEnd(Limits.SOON))
                    .isIn(Ending.CLOSED, Ending.RESET);
            assertThat(client.get("/headers").status()).as("the next request").isEqualTo(200);
        }
        assertThat(STAGE.proxy().awaitAccessTo(target).failure()).isEqualTo("up.timeout");
    }

    @Tag("UP-04")
    @EveryProtocol
    void silenceInTheBodyAbortsIt(Front front) {
        var target = "/silent-in-body?" + front;
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.get(target);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("0123456789");
            assertThat(answer.ending()).isIn(Ending.CUT, Ending.RESET);
            assertThat(answer.resetCode()).isEqualTo(front.multiplexed() ? Frame.INTERNAL_ERROR : -1);
            assertThat(STAGE.origin().awaitRequest(target).connectionEnd(Limits.SOON))
                    .isIn(Ending.CLOSED, Ending.RESET);
        }
        assertThat(STAGE.proxy().awaitAccessTo(target).failure()).isEqualTo("up.timeout");
    }

    @Tag("UP-04")
    @EveryProtocol
    void bodyThatDripsWithoutSilencePassesHoweverLongItTakes(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.get("/drip?ms=100&n=20");

            assertThat(answer.isComplete()).isTrue();
            assertThat(answer.text()).isEqualTo("d".repeat(20));
        }
    }

    @Tag("UP-04")
    @EveryProtocol
    void timeOfTheUploadDoesNotCountForTheAnswer(Front front) throws Exception {
        var gate = "upload-" + front;
        try (var client = front.connect(STAGE.proxy())) {
            var opener = Thread.ofVirtual().start(() -> {
                STAGE.origin().awaitRequest("/never-reads?gate=" + gate);
                java.util.concurrent.locks.LockSupport.parkNanos(ofMillis(1500).toNanos());
                STAGE.origin().gates().open(gate);
            });
            var answer = client.post("/never-reads?gate=" + gate, Body.pattern(20_000_000));
            opener.join();

            assertThat(answer.status()).isEqualTo(200);
        }
    }

    @Tag("UP-04")
    @EveryProtocol
    void routeMayHaveALimitOfItsOwn(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            var gate = "patient-" + front;
            var opener = Thread.ofVirtual().start(() -> {
                STAGE.origin().awaitRequest("/gate?gate=" + gate);
                java.util.concurrent.locks.LockSupport.parkNanos(ofMillis(1500).toNanos());
                STAGE.origin().gates().open(gate);
            });
            assertThat(client.get("/gate?gate=" + gate).status()).isEqualTo(200);
            assertThat(opener.isAlive()).isFalse();
        }
    }

    @Tag("UP-04")
    @EveryProtocol
    void upstreamThatNeverReadsTheRequestIsAGatewayTimeout(Front front) {
        var target = once("/never-reads?gate=never-" + front);
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.post(target, Body.pattern(20_000_000));

            assertThat(answer.status()).isEqualTo(504);
        }
        STAGE.origin().gates().open("never-" + front);
        var line = STAGE.proxy().awaitAccessTo(target);
        assertThat(line.failure()).isEqualTo("up.timeout");
        assertThat(line.value("cause")).contains("does not read");
        assertThat(line.value("phase")).isEqualTo("request");
    }

    @Tag("H1-25")
    @EveryHttp1
    void clientThatWaitsForA100DoesNotWaitForAnUpstreamThatKnowsNone(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(Heads.post("/expect?answer=none", "Content-Length: 4", "Expect: 100-continue"));
            assertThat(client.readLine()).isEqualTo("HTTP/1.1 100 Continue");
            assertThat(client.readLine()).isEmpty();
            client.send("body");

            assertThat(client.read().status()).isEqualTo(200);
        }
        assertThat(STAGE.origin().last().body().text()).isEqualTo("body");
    }

    @Tag("H1-25")
    @EveryHttp1
    void upstreamThatRefusesAnExpectationGetsNoBody(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(Heads.post("/expect?answer=417", "Content-Length: 4", "Expect: 100-continue"));

            assertThat(client.read().status()).isEqualTo(417);
        }
        assertThat(STAGE.origin().last().body().length()).isZero();
    }
}
