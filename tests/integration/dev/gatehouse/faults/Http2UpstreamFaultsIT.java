package dev.gatehouse.faults;

import static dev.gatehouse.support.AppUnderTest.upstreams;
import static dev.gatehouse.support.Inputs.once;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.EveryProtocol;
import dev.gatehouse.support.Fields;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.H2Origin;
import dev.gatehouse.support.H2Origin.Call;
import dev.gatehouse.support.Hpack;
import dev.gatehouse.support.ProxyUnderTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Upstreams that break HTTP/2, and clients that leave them: nobody waits for a time limit, and nobody else notices.
/// The limits of the proxy are minutes here.
@Timeout(30)
class Http2UpstreamFaultsIT {
    private static final byte[] BIG = new byte[100_000];

    private static H2Origin origin;
    private static ProxyUnderTest proxy;

    @BeforeAll
    static void start() {
        origin = H2Origin.start(Http2UpstreamFaultsIT::answer);
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
        var connection = call.connection();
        switch (call.path()) {
            case "/big" -> call.head(200, Fields.NONE, false).data(BIG, true);
            case "/content-first" -> call.data("x".getBytes(ISO_8859_1), false);
            case "/window" -> connection.frame(Frame.WINDOW_UPDATE, 0, call.stream(), number(Integer.MAX_VALUE));
            case "/session-window" -> connection.frame(Frame.WINDOW_UPDATE, 0, 0, number(Integer.MAX_VALUE));
            case "/initial-window" -> {
                connection.frame(Frame.WINDOW_UPDATE, 0, call.stream(), number(1));
                connection.frame(
                        Frame.SETTINGS,
                        0,
                        0,
                        ByteBuffer.allocate(6)
                                .putShort((short) 4)
                                .putInt(Integer.MAX_VALUE)
                                .array());
            }
            case "/continuations" -> {
                connection.frame(Frame.HEADERS, 0, call.stream(), Hpack.encode(Fields.NONE.with(":status", "200")));
                for (int i = 0; i < 100; i++) {
                    connection.frame(Frame.CONTINUATION, 0, call.stream(), new byte[0]);
                }
            }
            case "/trailers-first" -> call.trailers(Fields.of("x-a", "b"));
            default -> {
                if (call.path().startsWith("/status/")) {
                    call.head(Integer.parseInt(call.path().substring(8)), Fields.NONE, true);
                } else {
                    call.head(200, Fields.NONE, false).data("hello".getBytes(ISO_8859_1), true);
                }
            }
        }
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    @Tag("UP-05")
    @EveryProtocol
    void statusOutsideOfThreeDigitsIs502(Front front) {
        for (var status : new String[] {"0", "99", "600", "999", "1000", "21300", "21800", "99999", "2147483647"}) {
            var target = once("/status/" + status);
            try (var client = front.connect(proxy)) {
                assertThat(client.get(target).status()).as(status).isEqualTo(502);
            }
            assertThat(proxy.awaitAccessTo(target).failure()).as(status).isEqualTo("up.bad_head");
        }
    }

    @Tag("UP-05")
    @EveryProtocol
    void brokenFramesAre502AtOnce(Front front) {
        for (var path : new String[] {
            "/content-first", "/window", "/session-window", "/initial-window", "/continuations", "/trailers-first"
        }) {
            var target = once(path);
            try (var client = front.connect(proxy)) {
                assertThat(client.get(target).status()).as(path).isEqualTo(502);
                assertThat(client.get(once("/next")).text()).as(path).isEqualTo("hello");
            }
            assertThat(proxy.awaitAccessTo(target).failure())
                    .as(path)
                    .isIn("up.bad_head", "up.framing", "up.reset", "up.reuse_race");
        }
    }

    /// More than all windows of the connection hold: 200 responses of 100,000 bytes, none of which is read.
    @Tag("H2-08")
    @Test
    void clientThatCancelsUnreadResponsesTakesNothingFromOthers() {
        try (var client = Front.H2.frames(proxy).settings(4, 0)) {
            for (int i = 0; i < 200; i++) {
                int stream = 1 + 2 * i;
                client.get(stream, "app.example", once("/big"));
                client.head(stream);
                client.reset(stream, Frame.CANCEL);
            }
            int before = origin.connections().size();
            client.settings(4, 1 << 20).frame(Frame.WINDOW_UPDATE, 0, 0, number(1 << 24));
            for (int i = 200; i < 210; i++) {
                int stream = 1 + 2 * i;
                client.get(stream, "app.example", once("/big"));
                assertThat(client.answer(stream).body().length()).isEqualTo(BIG.length);
            }
            assertThat(origin.connections()).hasSize(before);
        }
    }
}
