package dev.gatehouse.faults;

import static dev.gatehouse.support.Heads.get;
import static dev.gatehouse.support.Heads.post;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp1;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Stage;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// HTTP/1 clients that are too slow. The limits are a second, the clients' pauses shorter or longer than that.
@Timeout(60)
class Http1SlownessIT {
    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(AppUnderTest.inFrontOf(origin))
            .timeout("client_header", ofSeconds(1))
            .timeout("client_idle", ofSeconds(1))
            .timeout("client_stall", ofSeconds(1)));

    @Tag("H1-26")
    @EveryHttp1
    void headThatDripsIsTimedOutThoughBytesKeepComing(Front front) {
        int before = STAGE.origin().requests().size();
        int logged = STAGE.proxy().accessLines().size();
        try (var client = front.raw(STAGE.proxy())) {
            var started = System.nanoTime();
            client.drip(get("/", "X-Slow: " + "s".repeat(100)), ofMillis(100));
            var answer = client.read();

            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.fields().values("Connection")).contains("close");
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(ofMillis(900));
            assertThat(client.awaitClose().ending()).isIn(Ending.CLOSED, Ending.RESET);
        }
        assertThat(STAGE.origin().requests()).hasSize(before);
        STAGE.proxy().awaitFailure(logged, "slow.header");
    }

    @Tag("H1-26")
    @EveryHttp1
    void headThatStopsIsTimedOut(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send("GET / HTTP/1.1\r\nHost: app.ex");

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.awaitClose().ending()).isEqualTo(Ending.CLOSED);
        }
    }

    @Tag("H1-26")
    @EveryHttp1
    void secondHeadOfAConnectionIsTimedOutToo(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            assertThat(client.exchange(get("/headers")).status()).isEqualTo(200);
            client.send("GET / HTTP/1.1\r\nHost: app.ex");

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.awaitClose().ending()).isEqualTo(Ending.CLOSED);
        }
    }

    @Tag("H1-26")
    @EveryHttp1
    void bodyThatStopsIsTimedOutAndTheUpstreamReleased(Front front) {
        var target = "/discard?stopped=" + front;
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post(target, "Content-Length: 1000") + "the beginning");
            var answer = client.read();

            assertThat(answer.status()).isEqualTo(408);
            assertThat(STAGE.origin().awaitRequest(target).connectionEnd(Limits.SOON))
                    .isIn(Ending.CUT, Ending.RESET);
            assertThat(client.awaitClose().ending()).isEqualTo(Ending.CLOSED);
        }
        assertThat(lineOf(target)).isEqualTo("slow.body");
    }

    @Tag("H1-26")
    @Tag("H1-25")
    @EveryHttp1
    void bodyThatNeverComesAfterContinueIsTimedOut(Front front) {
        var target = "/expect?answer=100&never=" + front;
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post(target, "Content-Length: 5", "Expect: 100-continue"));
            var answer = client.read();

            assertThat(answer.interims()).hasSize(1);
            assertThat(answer.status()).isEqualTo(408);
            assertThat(STAGE.origin().awaitRequest(target).connectionEnd(Limits.SOON))
                    .isIn(Ending.CUT, Ending.RESET);
        }
        assertThat(lineOf(target)).isEqualTo("slow.body");
    }

    @Tag("H1-26")
    @EveryHttp1
    void bodyBelowAnyUsefulRateIsTimedOutThoughBytesKeepComing(Front front) {
        var target = "/discard?dripped=" + front;
        try (var client = front.raw(STAGE.proxy())) {
            client.send(post(target, "Content-Length: 1000"));
            client.drip("d".repeat(20), ofMillis(500));

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(STAGE.origin().awaitRequest(target).connectionEnd(Limits.SOON))
                    .isIn(Ending.CUT, Ending.RESET);
        }
        assertThat(lineOf(target)).isEqualTo("slow.body");
    }

    @Tag("H1-26")
    @EveryHttp1
    void readerThatStopsIsClosedAndTheUpstreamReleased(Front front) {
        var target = "/bytes?n=100000000&unread=" + front;
        try (var client = front.raw(STAGE.proxy(), 4096)) {
            client.send(get(target));

            assertThat(STAGE.origin().awaitRequest(target).connectionEnd())
                    .isIn(Ending.CUT, Ending.RESET, Ending.CLOSED);
            assertThat(client.read().isComplete()).isFalse();
        }
        assertThat(lineOf(target)).isEqualTo("slow.read");
    }

    @Tag("H1-26")
    @EveryHttp1
    void readerBelowAnyUsefulRateIsClosed(Front front) throws Exception {
        var target = "/bytes?n=100000000&sipped=" + front;
        try (var client = front.raw(STAGE.proxy(), 4096)) {
            client.send(get(target));
            var request = STAGE.origin().awaitRequest(target);
            var done = new AtomicBoolean();
            var sipper = Thread.ofVirtual().start(() -> {
                while (!done.get() && client.readByte() >= 0) {
                    LockSupport.parkNanos(ofMillis(100).toNanos());
                }
            });
            sipper.setUncaughtExceptionHandler((_, _) -> {});

            assertThat(request.connectionEnd(ofSeconds(15))).isIn(Ending.CUT, Ending.RESET, Ending.CLOSED);
            done.set(true);
            client.reset();
            sipper.join();
        }
        assertThat(lineOf(target)).isEqualTo("slow.read");
    }

    @Tag("H1-26")
    @EveryHttp1
    void idleConnectionIsClosedWithoutAnAnswer(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            assertThat(client.exchange(get("/headers")).status()).isEqualTo(200);

            var closing = client.awaitClose();
            assertThat(closing.ending()).isEqualTo(Ending.CLOSED);
            assertThat(closing.rest().text()).isEmpty();
        }
    }

    private static String lineOf(String target) {
        return STAGE.proxy()
                .awaitAccess("line of " + target, line -> line.value("target").equals(target))
                .failure();
    }
}
