package dev.gatehouse.faults;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Stage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Windows, numbers and ends of HTTP/2 streams.
@Timeout(60)
class Http2FlowIT {
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int MAX_CONCURRENT_STREAMS = 3;

    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(AppUnderTest.inFrontOf(origin))
            .timeout("client_idle", ofSeconds(1))
            .timeout("client_stall", ofSeconds(1)));

    @Tag("H2-08")
    @EveryHttp2
    void answersThatNobodyReadsAreGivenUpAndTheUpstreamIsReleased(Front front) {
        int before = STAGE.origin().requests().size();
        int streams = 50;
        try (var client = front.silent(STAGE.proxy()).preface().settings(INITIAL_WINDOW_SIZE, 0)) {
            for (int i = 0; i < streams; i++) {
                client.get(2 * i + 1, "app.example", "/bytes?n=10000000&stalled");
            }
            for (int i = 0; i < streams; i++) {
                var answer = client.answer(2 * i + 1, ofSeconds(20));
                assertThat(answer.ending())
                        .as("stream %d: %s", 2 * i + 1, answer)
                        .isIn(Ending.RESET, Ending.CLOSED);
                assertThat(answer.body().length()).isZero();
            }
        }
        var stalled = STAGE.origin().requests();
        assertThat(stalled).hasSizeGreaterThanOrEqualTo(before + streams);
        for (var request : stalled.subList(before, stalled.size())) {
            assertThat(request.connectionEnd(ofSeconds(10))).isIn(Ending.CUT, Ending.RESET, Ending.CLOSED);
        }
    }

    @Tag("H2-08")
    @EveryHttp2
    void stalledStreamDoesNotHinderOthers(Front front) {
        try (var client = front.silent(STAGE.proxy()).preface().settings(INITIAL_WINDOW_SIZE, 0)) {
            client.get(1, "app.example", "/bytes?n=1000000");
            assertThat(client.head(1).status()).isEqualTo(200);
            client.get(3, "app.example", "/empty");

            assertThat(client.head(3).status()).isIn(200, 204, 404);
        }
    }

    @Tag("H2-09")
    @EveryHttp2
    void windowOfTheConnectionThatOverflowsEndsIt(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.window(0, Integer.MAX_VALUE);

            assertThat(client.awaitClose()).isEqualTo(Frame.FLOW_CONTROL_ERROR);
        }
    }

    @Tag("H2-09")
    @EveryHttp2
    void windowOfAStreamThatOverflowsResetsIt(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.get(1, "app.example", "/silent");
            client.window(1, Integer.MAX_VALUE);
            var answer = client.answer(1);

            assertThat(answer.ending()).isEqualTo(Ending.RESET);
            assertThat(answer.resetCode()).isEqualTo(Frame.FLOW_CONTROL_ERROR);
            client.get(3, "app.example", "/headers");
            assertThat(client.answer(3).status()).isEqualTo(200);
        }
    }

    @Tag("H2-09")
    @EveryHttp2
    void initialWindowThatIsTooLargeEndsTheConnection(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.settings(INITIAL_WINDOW_SIZE, Integer.MIN_VALUE);

            assertThat(client.awaitClose()).isEqualTo(Frame.FLOW_CONTROL_ERROR);
        }
    }

    @Tag("H2-09")
    @EveryHttp2
    void windowThatBecomesNegativeIsWaitedOut(Front front) {
        try (var client = front.silent(STAGE.proxy()).preface().settings(INITIAL_WINDOW_SIZE, 1_000)) {
            client.get(1, "app.example", "/bytes?n=3000");
            client.awaitBody(1, 1_000);
            client.settings(INITIAL_WINDOW_SIZE, 0);
            client.fence();
            client.window(1, 5_000);
            var answer = client.answer(1);

            assertThat(answer.isComplete()).as("%s", answer).isTrue();
            assertThat(answer.body().length()).isEqualTo(3_000);
        }
    }

    @Tag("H2-14")
    @EveryHttp2
    void oneStreamTooManyIsRefusedAndTheOthersServed(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            int most = client.serverSetting(MAX_CONCURRENT_STREAMS, -1);
            assertThat(most).isBetween(1, 1_000);
            for (int i = 0; i < most; i++) {
                client.headers(2 * i + 1, false, client.request("POST", "app.example", "/discard"));
            }
            int over = 2 * most + 1;
            client.get(over, "app.example", "/headers");
            var refused = client.answer(over);

            assertThat(refused.ending()).isEqualTo(Ending.RESET);
            assertThat(refused.resetCode()).isEqualTo(Frame.REFUSED_STREAM);
            client.data(1, true, "x");
            assertThat(client.answer(1).status()).isEqualTo(200);
        }
    }

    @Tag("H2-14")
    @EveryHttp2
    void streamNumbersThatGoDownOrAreEvenEndTheConnection(Front front) {
        for (int second : new int[] {3, 6}) {
            try (var client = front.frames(STAGE.proxy())) {
                client.get(5, "app.example", "/headers");
                assertThat(client.answer(5).status()).isEqualTo(200);
                client.get(second, "app.example", "/headers");

                assertThat(client.awaitClose()).isIn((long) Frame.PROTOCOL_ERROR, (long) Frame.STREAM_CLOSED);
            }
        }
    }

    @Tag("H2-01")
    @EveryHttp2
    void pushPromiseOfAClientIsItsProtocolError(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.frame(Frame.PUSH_PROMISE, Frame.END_HEADERS, 1, new byte[4]);

            assertThat(client.awaitClose()).isEqualTo(Frame.PROTOCOL_ERROR);
        }
    }

    @Tag("H2-16")
    @EveryHttp2
    void whatRunsWhenTheClientSaysGoodbyeIsFinished(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.headers(1, false, client.request("POST", "app.example", "/discard"));
            STAGE.origin().awaitRequest(request -> request.path().equals("/discard"));
            client.goAway(0, Frame.NO_ERROR);
            client.data(1, true, "x");
            var answer = client.answer(1);

            assertThat(answer.status()).as("%s", answer).isEqualTo(200);
            assertThat(answer.isComplete()).isTrue();
        }
    }

    @Tag("H1-26")
    @EveryHttp2
    void bodyThatStopsIsTimedOutOnItsStreamOnly(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.headers(1, false, client.request("POST", "app.example", "/discard"));
            client.data(1, false, "some");
            var answer = client.answer(1, ofSeconds(10));

            assertThat(answer.status()).as("%s", answer).isEqualTo(408);
            client.get(3, "app.example", "/headers");
            assertThat(client.answer(3).status()).isEqualTo(200);
        }
    }

    /// The other side of all limits: a busy client that behaves is never too much.
    @EveryHttp2
    void tenThousandQuickAnswersAcknowledgedPieceByPieceAreNoFlood(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            for (int i = 0; i < 10_000; i++) {
                assertThat(client.get("/bytes?n=20000").status())
                        .as("request %d", i)
                        .isEqualTo(200);
            }
        }
    }
}
