package dev.gatehouse.faults;

import static dev.gatehouse.support.Heads.head;
import static dev.gatehouse.support.Inputs.once;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AccessLine;
import dev.gatehouse.support.Answer;
import dev.gatehouse.support.BadAnswers;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.Client;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.EveryHttp1;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.Inputs;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.Stage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Answers that stop, that are malformed, or that come at the wrong time. Whatever happens to one request, the next
/// one is served.
@Timeout(60)
class UpstreamAnswersIT {
    @RegisterExtension
    static final Stage STAGE = Stage.plain();

    static Stream<Arguments> deathsBeforeAHead() {
        return Inputs.every(Stream.of(
                "/dies-before-answer?how=fin",
                "/dies-before-answer?how=rst",
                "/dies-in-head?how=fin",
                "/dies-in-head?how=rst"));
    }

    @Tag("UP-03")
    @ParameterizedTest
    @MethodSource("deathsBeforeAHead")
    void upstreamThatDiesBeforeItsHeadIsCompleteIsBadGateway(Front front, String habit) {
        var target = once(habit);
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.get(target);

            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.isComplete()).isTrue();
            assertServes(client);
        }
        assertThat(line(target).failure())
                .isIn(
                        target.startsWith("/dies-in-head")
                                ? new Object[] {"up.truncated"}
                                : new Object[] {"up.reset", "up.truncated", "up.reuse_race"});
    }

    static Stream<Arguments> deathsInABody() {
        return Inputs.every(Stream.of(
                "/dies-in-body?how=fin",
                "/dies-in-body?how=rst",
                "/dies-in-chunk?how=fin",
                "/dies-in-chunk?how=rst",
                "/dies-between-chunks?how=fin",
                "/dies-between-chunks?how=rst"));
    }

    @Tag("UP-03")
    @ParameterizedTest
    @MethodSource("deathsInABody")
    void truncatedBodyNeverEndsCleanly(Front front, String habit) {
        var target = once(habit);
        assertAborted(front, target);
        assertThat(line(target).failure()).isEqualTo("up.truncated");
        try (var client = front.connect(STAGE.proxy())) {
            assertServes(client);
        }
    }

    private static Answer assertAborted(Front front, String target) {
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.get(target);
            if (answer.status() == 502) {
                // Nothing was on its way yet: an honest answer is better than an abort.
                assertThat(answer.isComplete()).isTrue();
                return answer;
            }
            assertThat(answer.status()).isEqualTo(200);
            if (front.multiplexed()) {
                assertThat(answer.ending()).isEqualTo(Ending.RESET);
                assertThat(answer.resetCode()).isEqualTo(Frame.INTERNAL_ERROR);
                assertServes(client);
            } else {
                assertThat(answer.ending()).isIn(Ending.CUT, Ending.RESET);
            }
            return answer;
        }
    }

    static Stream<Arguments> badHeads() {
        return Inputs.every(BadAnswers.heads());
    }

    @Tag("UP-05")
    @ParameterizedTest
    @MethodSource("badHeads")
    void malformedHeadIsBadGateway(Front front, String name) {
        assertBadGateway(front, "/bad/" + name, "up.bad_head");
    }

    static Stream<Arguments> badFramings() {
        return Inputs.every(BadAnswers.framings());
    }

    @Tag("UP-06")
    @ParameterizedTest
    @MethodSource("badFramings")
    void ambiguousFramingIsBadGateway(Front front, String name) {
        assertBadGateway(front, "/bad/" + name, "up.framing");
    }

    private static void assertBadGateway(Front front, String habit, String token) {
        var target = once(habit);
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.get(target);

            assertThat(answer.status()).as("status of %s", answer).isEqualTo(502);
            assertThat(answer.isComplete()).isTrue();
            assertThat(answer.text()).contains("gave no valid response");
            assertThat(answer.fields().names()).doesNotContain("X-Bad", "x-bad", "X-Many", "x-many");
            assertServes(client);
        }
        assertThat(line(target).failure()).isEqualTo(token);
        assertThat(STAGE.origin().awaitRequest(target).connectionEnd(Limits.SOON))
                .as("the upstream connection is thrown away")
                .isIn(Ending.CLOSED, Ending.CUT, Ending.RESET);
    }

    static Stream<Arguments> oddities() {
        return Inputs.every(BadAnswers.oddities());
    }

    @Tag("UP-06")
    @ParameterizedTest
    @MethodSource("oddities")
    void oddResponseThatCanBeReadInOneWayIsPassedOn(Front front, String name) {
        var target = once("/bad/" + name);
        boolean empty = name.endsWith("-on-204");
        try (var client = front.connect(STAGE.proxy())) {
            var response = client.get(target);

            assertThat(response.status()).isEqualTo(empty ? 204 : 200);
            assertThat(response.isComplete()).isTrue();
            assertThat(response.text()).isEqualTo(empty ? "" : "hello");
            assertThat(response.fields().has("Transfer-Encoding"))
                    .isEqualTo(name.equals("padded-chunk-sizes") && !front.multiplexed());
            assertThat(response.fields().values("Content-Length")).hasSizeLessThan(2);
            assertServes(client);
        }
        assertThat(line(target).failure()).isEmpty();
        if (empty) {
            assertThat(STAGE.origin().awaitRequest(target).connectionEnd(Limits.SOON))
                    .as("what may follow is read by nobody")
                    .isIn(Ending.CLOSED, Ending.RESET);
        }
    }

    static Stream<Arguments> badBodies() {
        return Inputs.every(BadAnswers.bodies());
    }

    @Tag("UP-06")
    @ParameterizedTest
    @MethodSource("badBodies")
    void malformedBodyNeverEndsCleanly(Front front, String name) {
        var target = once("/bad/" + name);
        var answer = assertAborted(front, target);
        if (answer.status() == 200) {
            assertThat("hello")
                    .startsWith(
                            answer.text().substring(0, Math.min(5, answer.text().length())));
        }
        assertThat(line(target).failure()).isEqualTo("up.framing");
    }

    @Tag("UP-06")
    @EveryProtocol
    void bodyBehindTheAnswerToHeadIsThrownAway(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.send(Request.of("HEAD", "/bad/body-behind-head?" + front));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().length()).isZero();
            assertThat(client.get("/headers?behind-head").text()).startsWith("GET /headers?behind-head");
        }
        assertThat(STAGE.origin().awaitRequest("/bad/body-behind-head?" + front).connectionEnd(Limits.SOON))
                .isIn(Ending.CLOSED, Ending.RESET);
    }

    static Stream<Arguments> earlyAnswers() {
        return Inputs.every(Stream.of(
                "/answers-early?then=close&status=413",
                "/answers-early?then=close&status=401",
                "/answers-early?then=keep&status=413"));
    }

    @Tag("UP-07")
    @ParameterizedTest
    @MethodSource("earlyAnswers")
    void answerBeforeTheBodyIsReadIsRelayed(Front front, String target) {
        for (var framing : new Request.Framing[] {Request.Framing.LENGTH, Request.Framing.CHUNKED}) {
            try (var client = front.connect(STAGE.proxy())) {
                var answer = client.send(Request.of("POST", target).body(Body.pattern(20_000_000), framing));

                assertThat(answer.status()).isIn(413, 401);
                assertThat(target).endsWith(Integer.toString(answer.status()));
                assertThat(answer.text()).isEqualTo("early");
                assertThat(answer.isComplete()).as("whole: %s", answer).isTrue();
                assertThat(answer.resetCode()).isIn(-1L, (long) Frame.NO_ERROR);
            }
        }
    }

    @Tag("UP-07")
    @EveryProtocol
    void upstreamThatResetsBehindItsEarlyAnswerDoesNotHang(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.post("/answers-early?then=reset", Body.pattern(20_000_000));

            assertThat(answer.status()).isIn(413, 502);
        }
    }

    @Tag("UP-07")
    @EveryHttp2
    void streamWithAnEarlyAnswerHurtsNoOtherStream(Front front) {
        try (var client = front.frames(STAGE.proxy())) {
            client.headers(1, false, client.request("POST", "app.example", "/answers-early?then=close"));
            assertThat(client.head(1).status()).isEqualTo(413);
            client.get(3, "app.example", "/headers");

            assertThat(client.answer(3).status()).isEqualTo(200);
        }
    }

    @Tag("UP-08")
    @EveryProtocol
    void earlyHintsAreRelayed(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.get("/103-then-200");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.fields().first("X-Final")).hasValue("yes");
            assertThat(answer.interims()).hasSize(1);
            assertThat(answer.interims().getFirst().status()).isEqualTo(103);
            assertThat(answer.interims().getFirst().fields().first("Link")).hasValue("</style.css>; rel=preload");
        }
    }

    static Stream<Arguments> interims() {
        return Inputs.every(Stream.of(
                "/interim?n=50&code=100", "/interim?n=1&code=102", "/interim?n=1&code=150", "/interim?n=3&code=199"));
    }

    @Tag("UP-08")
    @ParameterizedTest
    @MethodSource("interims")
    void otherInterimAnswersDoNotDisturbTheFinalOne(Front front, String target) {
        try (var client = front.connect(STAGE.proxy())) {
            assertThat(client.get(target).status()).isEqualTo(200);
            assertServes(client);
        }
    }

    @Tag("UP-08")
    @EveryProtocol
    void endlessInterimAnswersAreCapped(Front front) {
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.get("/interim?n=100000&code=103");

            assertThat(answer.status()).isIn(200, 502);
            assertThat(answer.interims()).hasSizeLessThan(1000);
        }
    }

    @Tag("UP-08")
    @EveryHttp1
    void http10ClientGetsNoInterimAnswer(Front front) {
        try (var client = front.raw(STAGE.proxy())) {
            client.send(head("GET /103-then-200 HTTP/1.0", "Host: app.example"));

            assertThat(client.awaitClose().rest().text())
                    .containsOnlyOnce("HTTP/1.")
                    .contains(" 200 ");
        }
    }

    static Stream<Arguments> extras() {
        return Inputs.every(BadAnswers.extras().filter(name -> !name.equals("body-behind-head")));
    }

    @Tag("UP-09")
    @ParameterizedTest
    @MethodSource("extras")
    void bytesBehindAnAnswerNeverBecomeTheNextOne(Front front, String name) {
        var target = "/bad/" + name + "?" + front;
        try (var client = front.connect(STAGE.proxy())) {
            var answer = client.get(target);
            assertThat(answer.status()).isIn(200, 204, 304);
            assertThat(answer.isComplete()).isTrue();
            assertThat(answer.text()).isIn("hello", "");

            for (int i = 0; i < 5; i++) {
                assertThat(client.get("/headers?after-extra=" + i).text()).startsWith("GET /headers?after-extra=" + i);
            }
        }
        var request = STAGE.origin().awaitRequest(target);
        assertThat(request.connectionEnd(Limits.SOON)).isIn(Ending.CLOSED, Ending.RESET);
        assertThat(STAGE.origin().requests().stream()
                        .filter(other -> other.connection() == request.connection())
                        .reduce((_, last) -> last))
                .hasValue(request);
    }

    @Tag("UP-09")
    @EveryProtocol
    void bytesOnAnIdleConnectionEndIt(Front front) {
        var target = "/extra-later?gate=extra-" + front;
        try (var client = front.connect(STAGE.proxy())) {
            assertThat(client.get(target).status()).isEqualTo(200);
            STAGE.origin().gates().open("extra-" + front);

            assertThat(STAGE.origin().awaitRequest(target).connectionEnd(Limits.SOON))
                    .isIn(Ending.CLOSED, Ending.RESET);
            assertThat(client.get("/headers?later").text()).startsWith("GET /headers?later");
        }
    }

    private static void assertServes(Client client) {
        var next = client.get("/headers?next");
        assertThat(next.status()).as("the next request").isEqualTo(200);
        assertThat(next.text()).startsWith("GET /headers?next");
    }

    private static AccessLine line(String target) {
        return STAGE.proxy().awaitAccessTo(target);
    }
}
