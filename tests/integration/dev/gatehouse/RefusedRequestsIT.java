package dev.gatehouse;

import static dev.gatehouse.support.AppUnderTest.upstreams;
import static dev.gatehouse.support.Inputs.once;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.EveryHttp2;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Fields;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.H2Origin;
import dev.gatehouse.support.H2Origin.Call;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.Request.Framing;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/// Requests with a body that an HTTP/2 upstream refuses without having done anything with them.
@Timeout(30)
class RefusedRequestsIT {
    private static final int KEPT = 64 * 1024;
    private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

    private static H2Origin origin;
    private static ProxyUnderTest proxy;

    @BeforeAll
    static void start() {
        origin = H2Origin.start(RefusedRequestsIT::answer);
        proxy = ProxyUnderTest.with(AppUnderTest.named("app", "app.example")
                        .routeWith("/", upstreams(origin.address()), "upstream_options = [\"force_http2_upstream\"]"))
                .start();
    }

    @AfterAll
    static void stop() throws IOException {
        proxy.close();
        origin.close();
    }

    private static void answer(Call call) throws IOException, InterruptedException {
        boolean first = SEEN.add(call.target());
        switch (call.path()) {
            case "/refused-once" -> {
                if (first) {
                    call.body();
                    call.reset(Frame.REFUSED_STREAM);
                    return;
                }
            }
            case "/refused-early" -> {
                if (first) {
                    call.piece();
                    call.reset(Frame.REFUSED_STREAM);
                    return;
                }
            }
            case "/goaway-once" -> {
                if (first) {
                    call.body();
                    call.connection().goAway(call.stream() - 2, Frame.NO_ERROR);
                    return;
                }
            }
            case "/refused" -> {
                call.body();
                call.reset(Frame.REFUSED_STREAM);
                return;
            }
            case "/reset-then-refused" -> {
                call.body();
                call.reset(first ? Frame.INTERNAL_ERROR : Frame.REFUSED_STREAM);
                return;
            }
            default -> {}
        }
        var body = call.body();
        call.head(200, Fields.NONE, false)
                .data((body.length() + " " + body.digest()).getBytes(ISO_8859_1), false)
                .trailers(Fields.of("x-sum", call.trailers().first("x-sum").orElse("none")));
    }

    private static long attempts(String target) {
        return origin.connections().stream()
                .flatMap(connection -> connection.calls().stream())
                .filter(call -> call.target().equals(target))
                .count();
    }

    @Tag("H2-17")
    @EveryProtocol
    void whatIsStillAtHandIsSentAgain(Front front) {
        for (var path : List.of("/refused-once", "/goaway-once")) {
            for (int size : new int[] {1, 1000, 20_000, KEPT}) {
                for (var framing : List.of(Framing.LENGTH, Framing.CHUNKED)) {
                    var target = once(path);
                    try (var client = front.connect(proxy)) {
                        var answer = client.send(Request.of("POST", target).body(Body.pattern(size), framing));

                        assertThat(answer.status()).as("%s %s", path, size).isEqualTo(200);
                        assertThat(answer.text())
                                .isEqualTo(size + " " + Body.pattern(size).digest());
                    }
                    assertThat(attempts(target)).isEqualTo(2);
                }
            }
        }
    }

    @Tag("H2-17")
    @EveryProtocol
    void trailersAreSentAgain(Front front) {
        try (var client = front.connect(proxy)) {
            var answer = client.send(Request.of("POST", once("/refused-once"))
                    .with("TE", "trailers")
                    .body(Body.of("x"), Framing.CHUNKED)
                    .trailer("X-Sum", "1"));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.trailers().first("x-sum")).hasValue("1");
        }
    }

    @Tag("H2-17")
    @EveryHttp2
    void bodyGoesOnWhereItWasWhenTheUpstreamRefused(Front front) {
        var target = once("/refused-early");
        try (var client = front.frames(proxy)) {
            client.headers(1, false, client.request("POST", "app.example", target));
            client.data(1, false, "first ");
            await().until(() -> attempts(target) == 2);
            client.data(1, true, "second");

            assertThat(client.answer(1).text())
                    .isEqualTo("12 " + Body.of("first second").digest());
        }
    }

    @Tag("H2-17")
    @EveryProtocol
    void whatIsNotAtHandIsRefused(Front front) {
        var target = once("/refused-once");
        try (var client = front.connect(proxy)) {
            var answer = client.send(Request.of("POST", target).body(Body.pattern(KEPT + 1), Framing.CHUNKED));

            if (front.multiplexed()) {
                assertThat(answer.resetCode()).isEqualTo(Frame.REFUSED_STREAM);
            } else {
                assertThat(answer.status()).isEqualTo(502);
            }
        }
        assertThat(attempts(target)).isEqualTo(1);
        assertThat(proxy.awaitAccessTo(target).failure()).isEqualTo("up.goaway");
    }

    @Tag("H2-17")
    @EveryHttp2
    void clientMayRepeatOnlyWhatWasNeverBegun(Front front) {
        var never = once("/refused");
        var maybe = once("/reset-then-refused");
        try (var client = front.connect(proxy)) {
            assertThat(client.post(never, Body.of("x")).resetCode()).isEqualTo(Frame.REFUSED_STREAM);
            assertThat(client.send(Request.of("PUT", maybe).body(Body.of("x"), Framing.LENGTH))
                            .status())
                    .isEqualTo(502);
        }
        assertThat(attempts(never)).isEqualTo(3);
        assertThat(attempts(maybe)).isEqualTo(3);
    }
}
