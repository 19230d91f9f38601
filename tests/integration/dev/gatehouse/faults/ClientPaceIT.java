package dev.gatehouse.faults;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp1;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.Fields;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.Heads;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Stage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Clients that are waited for and move something all the time: too little, or just enough. They may be behind by a
/// second.
@Timeout(60)
class ClientPaceIT {
    private static final int INITIAL_WINDOW_SIZE = 4;

    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                    .route("/", origin.address())
                    .routeWith(
                            "/bytes/impatient",
                            AppUnderTest.upstreams(origin.address()),
                            "replace_path = \"/bytes\"",
                            "timeouts = { client_stall = \"200ms\" }")
                    .routeWith(
                            "/bytes/undemanding",
                            AppUnderTest.upstreams(origin.address()),
                            "replace_path = \"/bytes\"",
                            "timeouts = { client_min_rate = 0 }"))
            .timeout("client_stall", ofSeconds(1)));

    /// One that opens windows of streams in the background, a piece each time.
    private static final class Windows implements AutoCloseable {
        private final Thread opening;
        private volatile boolean done;

        Windows(H2RawClient client, int piece, int eachMillis, int... streams) {
            var turn = new AtomicInteger();
            opening = Thread.ofVirtual().start(() -> {
                while (!done) {
                    client.window(streams[turn.getAndIncrement() % streams.length], piece);
                    LockSupport.parkNanos(ofMillis(eachMillis).toNanos());
                }
            });
            opening.setUncaughtExceptionHandler((_, _) -> {});
        }

        @Override
        public void close() {
            done = true;
        }
    }

    @Tag("H2-08")
    @EveryHttp2
    void windowOpenedByteByByteIsAStall(Front front) {
        var target = "/bytes?n=100000&by-byte=" + front;
        try (var client = front.silent(STAGE.proxy()).passive().preface().settings(INITIAL_WINDOW_SIZE, 0)) {
            client.get(1, "app.example", target);
            try (var _ = new Windows(client, 1, 50, 1)) {
                var response = client.answer(1);

                assertThat(response.ending()).as("%s", response).isEqualTo(Ending.RESET);
                assertThat(response.resetCode()).isEqualTo(Frame.CANCEL);
                assertThat(response.body().length()).isPositive();
            }
            assertThat(STAGE.origin().awaitRequest(target).connectionEnd())
                    .isIn(Ending.CUT, Ending.RESET, Ending.CLOSED);
        }
        assertThat(failureOf(target)).isEqualTo("h2.stall");
    }

    @Tag("H2-08")
    @EveryHttp2
    void withoutALeastRateEachByteWillDo(Front front) {
        try (var client = front.silent(STAGE.proxy()).passive().preface().settings(INITIAL_WINDOW_SIZE, 0)) {
            client.get(1, "app.example", "/bytes/undemanding?n=30");
            try (var _ = new Windows(client, 1, 50, 1)) {
                var response = client.answer(1);

                assertThat(response.isComplete()).as("%s", response).isTrue();
                assertThat(response.body().length()).isEqualTo(30);
            }
        }
    }

    @Tag("H2-08")
    @EveryHttp2
    void slowReaderOfAStreamGetsAll(Front front) {
        try (var client = front.silent(STAGE.proxy()).passive().preface().settings(INITIAL_WINDOW_SIZE, 0)) {
            client.get(1, "app.example", "/bytes?n=3000");
            try (var _ = new Windows(client, 100, 50, 1)) {
                var response = client.answer(1);

                assertThat(response.isComplete()).as("%s", response).isTrue();
                assertThat(response.body().length()).isEqualTo(3_000);
            }
        }
    }

    /// 2,000 bytes a second, 100 for each: a page on a phone.
    @Tag("H2-08")
    @EveryHttp2
    void streamsThatShareASlowLineAreNotTooSlowEach(Front front) {
        int count = 20;
        var streams = new int[count];
        try (var client = front.silent(STAGE.proxy()).passive().preface().settings(INITIAL_WINDOW_SIZE, 0)) {
            for (int i = 0; i < count; i++) {
                streams[i] = 2 * i + 1;
                client.get(streams[i], "app.example", "/bytes?n=150");
            }
            try (var _ = new Windows(client, 100, 50, streams)) {
                for (int stream : streams) {
                    var response = client.answer(stream);

                    assertThat(response.isComplete())
                            .as("%d: %s", stream, response)
                            .isTrue();
                    assertThat(response.body().length()).isEqualTo(150);
                }
            }
        }
    }

    @Tag("H2-08")
    @EveryHttp2
    void busyStreamDoesNotKeepStalledOnesForEver(Front front) {
        var target = "/bytes/impatient?n=1000&beside=" + front;
        try (var client = front.silent(STAGE.proxy()).passive().preface().settings(INITIAL_WINDOW_SIZE, 0)) {
            client.get(1, "app.example", target);
            client.get(3, "app.example", "/bytes?n=10000000");
            try (var _ = new Windows(client, 100, 20, 3)) {
                var response = client.answer(1);

                assertThat(response.ending()).as("%s", response).isEqualTo(Ending.RESET);
                assertThat(response.resetCode()).isEqualTo(Frame.CANCEL);
            }
        }
        assertThat(failureOf(target)).isEqualTo("h2.stall");
    }

    @Tag("H1-26")
    @EveryHttp2
    void bodyThatDripsIsTooSlow(Front front) {
        var target = "/discard?dripped=" + front;
        try (var client = front.frames(STAGE.proxy())) {
            client.headers(1, false, client.request("POST", "app.example", target));
            var done = new AtomicInteger();
            var dripping = Thread.ofVirtual().start(() -> {
                while (done.get() == 0) {
                    client.data(1, false, "d");
                    LockSupport.parkNanos(ofMillis(50).toNanos());
                }
            });
            dripping.setUncaughtExceptionHandler((_, _) -> {});
            var response = client.answer(1);
            done.set(1);

            assertThat(response.status()).as("%s", response).isEqualTo(408);
        }
        assertThat(failureOf(target)).isEqualTo("slow.body");
    }

    @Tag("H1-26")
    @EveryHttp2
    void slowUploadOfAStreamArrives(Front front) throws InterruptedException {
        try (var client = front.frames(STAGE.proxy())) {
            client.headers(1, false, client.request("POST", "app.example", "/discard"));
            for (int i = 0; i < 15; i++) {
                client.data(1, i == 14, "s".repeat(200));
                Thread.sleep(100);
            }

            assertThat(client.answer(1).text()).startsWith("3000 ");
        }
    }

    @Tag("H1-26")
    @EveryHttp1
    void slowUploadArrives(Front front) throws InterruptedException {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(Heads.post("/discard", "Content-Length: 3000"));
            for (int i = 0; i < 15; i++) {
                client.send("s".repeat(200));
                Thread.sleep(100);
            }

            assertThat(client.read().text()).startsWith("3000 ");
        }
    }

    /// The limit for the whole head is far away.
    @Tag("H1-26")
    @EveryHttp1
    void headThatDripsIsTooSlow(Front front) {
        int logged = STAGE.proxy().accessLines().size();
        try (var client = front.raw(STAGE.proxy())) {
            client.drip("GET / HTTP/1.1\r\nHost: app.example\r\nX-Slow: ssssssss", ofMillis(50));

            assertThat(client.read().status()).isEqualTo(408);
        }
        STAGE.proxy().awaitFailure(logged, "slow.header");
    }

    @Tag("H2-03")
    @EveryHttp2
    void headOfAStreamThatDripsIsTooSlow(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.fence();
            var head = new byte[9 + 40];
            head[2] = 40;
            head[3] = Frame.HEADERS;
            head[8] = 1;
            for (byte one : head) {
                if (!client.offer(new byte[] {one})) {
                    break;
                }
                LockSupport.parkNanos(ofMillis(50).toNanos());
            }

            assertThat(client.awaitClose()).isEqualTo(Frame.ENHANCE_YOUR_CALM);
        }
    }

    @Tag("H1-26")
    @EveryHttp2
    void bodyMayTakeABreath(Front front) throws InterruptedException {
        try (var client = front.frames(STAGE.proxy())) {
            client.headers(
                    1,
                    false,
                    client.request("POST", "app.example", "/discard").with(Fields.of("content-length", "4000")));
            for (int i = 0; i < 4; i++) {
                client.data(1, i == 3, "s".repeat(1000));
                Thread.sleep(i == 3 ? 0 : 400);
            }

            assertThat(client.answer(1).text()).startsWith("4000 ");
        }
    }

    private static String failureOf(String target) {
        return STAGE.proxy().awaitAccessTo(target).failure();
    }
}
