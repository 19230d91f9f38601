package dev.gatehouse.app;

import static dev.gatehouse.support.Heads.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.Heads;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// SIGTERM and SIGINT: who is there is served to the end.
@Timeout(120)
class DrainIT {
    private static final String UPGRADE = Heads.get(
            "/websocket",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

    private static TestOrigin origin;

    private ProxyProcess proxy;

    @BeforeAll
    static void startOrigin() {
        origin = TestOrigin.start();
    }

    @AfterAll
    static void stopOrigin() throws IOException {
        origin.close();
    }

    @BeforeEach
    void start() {
        proxy = ProxyProcess.start(ProxyUnderTest.with(AppUnderTest.inFrontOf(origin)));
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private void ask(String signal) {
        proxy.signal(signal);
        proxy.awaitOutput("stopping reason=shutdown by=\"SIG" + signal + "\"", 1);
    }

    private void awaitOrderlyEnd() {
        assertThat(proxy.awaitExit()).isZero();
        assertThat(proxy.output()).contains("stopped drained=true").doesNotContain("limit reached", " ERROR ");
    }

    private RawHttp1Client h1() {
        return RawHttp1Client.plain(proxy.plain());
    }

    private RawHttp1Client h1Tls() {
        return RawHttp1Client.tls(
                proxy.tls(), "app.example", ProxyUnderTest.pki().trusting());
    }

    private H2RawClient h2() {
        return H2RawClient.tls(proxy.tls(), "app.example", ProxyUnderTest.pki().trusting());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    @Tag("SG-01")
    void idleProxyEndsWithSuccess(String signal) {
        ask(signal);

        awaitOrderlyEnd();
    }

    @Test
    @Tag("SG-01")
    void answerThatBeganBeforeTheDrainIsNotTheLastOfItsConnection() {
        var asked = new AtomicBoolean();
        try (var client = h1()) {
            client.send(get("/half-then-gate?gate=drain"));
            var answer = client.read("GET", () -> {
                if (asked.compareAndSet(false, true)) {
                    ask("TERM");
                    origin.gates().open("drain");
                }
            });
            assertThat(answer.isComplete()).isTrue();
            assertThat(answer.fields().has("Connection")).isFalse();

            var next = client.exchange(get("/headers"));
            assertThat(next.status()).isEqualTo(200);
            assertThat(next.fields().first("Connection")).hasValue("close");
        }
        awaitOrderlyEnd();
    }

    @Test
    @Tag("SG-01")
    void keptConnectionsThatAreSilentAreClosedInOrder() {
        try (var plain = h1();
                var tls = h1Tls();
                var silent = h1();
                var frames = h2()) {
            assertThat(plain.exchange(get("/headers")).status()).isEqualTo(200);
            assertThat(tls.exchange(get("/headers")).status()).isEqualTo(200);
            int stream = frames.nextStream();
            frames.get(stream, "app.example", "/headers");
            assertThat(frames.answer(stream).status()).isEqualTo(200);
            ask("TERM");

            assertThat(plain.awaitClose().ending()).isEqualTo(Ending.CLOSED);
            assertThat(tls.awaitClose().ending()).isEqualTo(Ending.CLOSED);
            assertThat(silent.awaitClose().ending()).isEqualTo(Ending.CLOSED);
            assertThat(frames.awaitClose()).isEqualTo(Frame.NO_ERROR);
            var last = frames.frames(Frame.GOAWAY).getLast();
            assertThat(last.number(0)).isEqualTo(stream);
        }
        awaitOrderlyEnd();
    }

    @Test
    @Tag("SG-01")
    void runningRequestsAreAnsweredAndNobodyElseIsAccepted() {
        try (var plain = h1();
                var tls = h1Tls();
                var frames = h2()) {
            plain.send(get("/gate?gate=running&one"));
            tls.send(get("/half-then-gate?gate=running&two"));
            int stream = frames.nextStream();
            frames.get(stream, "app.example", "/gate?gate=running&three");
            for (var target : new String[] {
                "/gate?gate=running&one", "/half-then-gate?gate=running&two", "/gate?gate=running&three"
            }) {
                origin.awaitRequest(target);
            }
            ask("TERM");
            await("refused")
                    .untilAsserted(() -> assertThatThrownBy(() -> new Socket(
                                            proxy.plain().getAddress(),
                                            proxy.plain().getPort())
                                    .close())
                            .isInstanceOf(ConnectException.class));
            frames.await("GOAWAY", frame -> frame.type() == Frame.GOAWAY);
            assertThat(proxy.isAlive()).isTrue();
            origin.gates().open("running");

            var answer = plain.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.fields().first("Connection")).hasValue("close");
            assertThat(plain.awaitClose().ending()).isEqualTo(Ending.CLOSED);
            assertThat(tls.read().isComplete()).isTrue();
            assertThat(tls.awaitClose().ending()).isEqualTo(Ending.CLOSED);
            assertThat(frames.answer(stream).status()).isEqualTo(200);
            assertThat(frames.awaitClose()).isEqualTo(Frame.NO_ERROR);
        }
        awaitOrderlyEnd();
    }

    @Test
    @Tag("SG-01")
    void clientsThatAskAgainAndAgainLoseNoRequest() throws Exception {
        var served = new AtomicInteger();
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        var clients = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            clients.add(Thread.ofVirtual().start(() -> askAgainAndAgain(h1(), served, failed)));
            clients.add(Thread.ofVirtual().start(() -> askAgainAndAgain(h1Tls(), served, failed)));
            clients.add(Thread.ofVirtual().start(() -> askInStreams(served, failed)));
        }
        await().until(() -> served.get() > 500);
        ask("TERM");
        for (var client : clients) {
            client.join();
        }

        assertThat(failed).isEmpty();
        awaitOrderlyEnd();
    }

    /// Until an answer says that it is the last one.
    private static void askAgainAndAgain(RawHttp1Client connected, AtomicInteger served, Queue<String> failed) {
        try (var client = connected) {
            while (true) {
                var answer = client.exchange(get("/headers"));
                if (answer.status() != 200 || !answer.isComplete()) {
                    failed.add("HTTP/1: " + answer);
                    return;
                }
                served.incrementAndGet();
                if (answer.fields().has("Connection")) {
                    return;
                }
            }
        } catch (RuntimeException | AssertionError broken) {
            failed.add("HTTP/1: " + broken);
        }
    }

    /// Until there is a GOAWAY.
    private void askInStreams(AtomicInteger served, Queue<String> failed) {
        try (var client = h2()) {
            while (client.goAwayCode() == -1) {
                int stream = client.nextStream();
                client.get(stream, "app.example", "/headers");
                var answer = client.answer(stream);
                if (answer.status() != 200 || !answer.isComplete()) {
                    failed.add("HTTP/2: " + answer);
                    return;
                }
                served.incrementAndGet();
            }
        } catch (RuntimeException | AssertionError broken) {
            failed.add("HTTP/2: " + broken);
        }
    }

    @Test
    @Tag("SG-01")
    void streamThatCrossesTheFirstGoAwayIsServed() {
        try (var frames = h2()) {
            frames.fence();
            ask("TERM");
            var first = frames.await("GOAWAY", frame -> frame.type() == Frame.GOAWAY);
            assertThat(first.number(0)).isEqualTo(Integer.MAX_VALUE);
            int stream = frames.nextStream();
            frames.get(stream, "app.example", "/headers?crossing");

            assertThat(frames.answer(stream).status()).isEqualTo(200);
            assertThat(frames.awaitClose()).isEqualTo(Frame.NO_ERROR);
        }
        awaitOrderlyEnd();
    }

    @Test
    @Tag("SG-01")
    void tunnelsGoOnUntilTheyEnd() {
        try (var client = h1()) {
            client.send(UPGRADE);
            assertThat(client.read().status()).isEqualTo(101);
            try (var other = h1()) {
                assertThat(other.exchange(get("/headers")).status()).isEqualTo(200);
                ask("TERM");
                assertThat(other.awaitClose().ending()).isEqualTo(Ending.CLOSED);
            }
            client.send("still here");
            assertThat(client.readText(10)).isEqualTo("still here");
            assertThat(proxy.isAlive()).isTrue();
            client.finish();
            assertThat(client.awaitClose().ending()).isEqualTo(Ending.CLOSED);
        }
        awaitOrderlyEnd();
    }

    @Test
    @Tag("SG-01")
    void whatDoesNotEndIsCutOffWhenTheTimeIsOver() {
        proxy.close();
        proxy = ProxyProcess.start(ProxyUnderTest.with(AppUnderTest.inFrontOf(origin))
                .timeout("drain", Duration.ofSeconds(2))
                .timeout("tunnel_drain", Duration.ofSeconds(1)));
        try (var stuck = h1().patience(Duration.ofSeconds(60));
                var tunnel = h1().patience(Duration.ofSeconds(60))) {
            tunnel.send(UPGRADE);
            assertThat(tunnel.read().status()).isEqualTo(101);
            stuck.send(get("/silent?stuck"));
            origin.awaitRequest("/silent?stuck");
            ask("TERM");

            assertThat(stuck.awaitClose().rest().length()).isZero();
            assertThat(tunnel.awaitClose().rest().length()).isZero();
        }
        assertThat(proxy.awaitExit()).isZero();
        assertThat(proxy.output())
                .contains("reason=drain limit=drain", "reason=drain limit=tunnel_drain", "stopped drained=false")
                .doesNotContain(" ERROR ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    @Tag("SG-01")
    void secondSignalEndsAtOnce(String second) {
        try (var client = h1()) {
            var target = "/gate?gate=never&" + second;
            client.send(get(target));
            origin.awaitRequest(target);
            ask("TERM");
            proxy.signal(second);

            assertThat(client.read().status()).isZero();
            assertThat(proxy.awaitExit()).isZero();
            assertThat(proxy.output()).contains("stopping at once").contains("stopped drained=false");
        }
    }

    @Test
    @Tag("SG-02")
    void reloadIsRefusedWhileItStops() throws IOException {
        try (var client = h1()) {
            client.send(get("/gate?gate=reload"));
            origin.awaitRequest("/gate?gate=reload");
            ask("TERM");
            proxy.signal("HUP");
            proxy.awaitOutput("the proxy is stopping", 1);
            origin.gates().open("reload");

            assertThat(client.read().status()).isEqualTo(200);
        }
        assertThat(proxy.awaitExit()).isZero();
        assertThat(proxy.output()).contains("stopped drained=true");
    }
}
