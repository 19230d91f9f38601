package dev.gatehouse.app;

import static dev.gatehouse.support.Heads.get;
import static dev.gatehouse.support.Heads.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// SIGHUP: the file is read again while the proxy serves.
@Timeout(120)
class ReloadIT {
    private static final String REJECTED = "reason=config.rejected";
    private static TestOrigin first;
    private static TestOrigin second;

    private ProxyProcess proxy;
    private String original;

    @BeforeAll
    static void startOrigins() {
        first = TestOrigin.start();
        second = TestOrigin.start();
    }

    @AfterAll
    static void stopOrigins() throws Exception {
        first.close();
        second.close();
    }

    @BeforeEach
    void start() throws IOException {
        proxy = ProxyProcess.start(ProxyUnderTest.with(AppUnderTest.inFrontOf(first)));
        original = Files.readString(proxy.config());
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    /// Whole at once: the proxy also looks at the file without being told, and would find it empty.
    private void write(String text) throws IOException {
        var whole = proxy.config().resolveSibling("config.new");
        Files.writeString(whole, text);
        Files.move(whole, proxy.config(), StandardCopyOption.ATOMIC_MOVE);
        proxy.signal("HUP");
    }

    private String toSecond() {
        return original.replace(first.address(), second.address());
    }

    @Test
    @Tag("SG-02")
    void keptConnectionBringsItsNextRequestToTheNewConfiguration() throws IOException {
        try (var client = RawHttp1Client.plain(proxy.plain())) {
            assertThat(client.exchange(get("/headers?one")).status()).isEqualTo(200);
            write(toSecond());
            proxy.awaitOutput("reason=config.reloaded generation=2", 1);

            assertThat(client.exchange(get("/headers?two")).status()).isEqualTo(200);
        }
        assertThat(first.requests()).anyMatch(request -> request.target().equals("/headers?one"));
        assertThat(second.requests()).anyMatch(request -> request.target().equals("/headers?two"));
        assertThat(first.requests()).noneMatch(request -> request.target().equals("/headers?two"));
    }

    @Test
    @Tag("SG-02")
    void keptConnectionFollowsTheLimitOfBodiesWhicheverWayTheirLengthIsTold() throws IOException {
        try (var sized = RawHttp1Client.plain(proxy.plain());
                var chunked = RawHttp1Client.plain(proxy.plain());
                var larger = RawHttp1Client.plain(proxy.plain())) {
            assertThat(sized.exchange(get("/headers")).status()).isEqualTo(200);
            assertThat(chunked.exchange(get("/headers")).status()).isEqualTo(200);
            write("request_max_body_size = 4\n" + original);
            proxy.awaitOutput("reason=config.reloaded generation=2", 1);

            assertThat(sized.exchange(sized("12345")).status()).isEqualTo(413);
            assertThat(chunked.exchange(chunked("12345")).status()).isEqualTo(413);
            assertThat(larger.exchange(sized("1234")).status()).isEqualTo(200);
            write("request_max_body_size = 8\n" + original);
            proxy.awaitOutput("reason=config.reloaded generation=3", 1);

            assertThat(larger.exchange(sized("12345")).status()).isEqualTo(200);
            assertThat(larger.exchange(chunked("12345")).status()).isEqualTo(200);
        }
    }

    private static String sized(String body) {
        return post("/discard", "Content-Length: " + body.length()) + body;
    }

    private static String chunked(String body) {
        return post("/discard", "Transfer-Encoding: chunked") + body.length() + "\r\n" + body + "\r\n0\r\n\r\n";
    }

    @Test
    @Tag("SG-02")
    void brokenFileChangesNothingAndIsExplained() throws IOException {
        write(original.replace("listen_address_v4", "listen_adress_v4"));
        proxy.awaitOutput(REJECTED, 1);

        assertThat(proxy.output()).contains("config.toml:").contains("the running configuration stays generation=1");
        try (var client = RawHttp1Client.plain(proxy.plain())) {
            assertThat(client.exchange(get("/headers")).status()).isEqualTo(200);
        }
    }

    @Test
    @Tag("SG-02")
    void fileWithoutAChangeIsNoNewGeneration() throws IOException {
        write("# a remark\n" + original);
        proxy.awaitOutput("configuration unchanged", 1);

        assertThat(proxy.output()).doesNotContain("generation=2");
    }

    @Test
    @Tag("CF-06")
    void portThatIsTakenRefusesTheWholeReload() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            write(toSecond()
                    .replace("listen_port = " + proxy.plain().getPort(), "listen_port = " + taken.getLocalPort()));
            proxy.awaitOutput("is used by pid", 1);
            proxy.awaitOutput(REJECTED, 1);

            assertThat(proxy.output()).contains("cannot listen on");
            // The file is looked at twice, for it has changed and for the signal: the port stays taken until the end.
            try (var client = RawHttp1Client.plain(proxy.plain())) {
                assertThat(client.exchange(get("/headers?still-first")).status())
                        .isEqualTo(200);
            }
        }
        assertThat(first.requests()).anyMatch(request -> request.target().equals("/headers?still-first"));
    }

    @Test
    @Tag("CF-06")
    void newPortIsServedAndTheOldOneClosed() throws IOException {
        int port = ProxyProcess.freeAddress().getPort();
        write(original.replace("listen_port = " + proxy.plain().getPort(), "listen_port = " + port));
        proxy.awaitOutput("configuration reloaded", 1);

        try (var client = RawHttp1Client.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            assertThat(client.exchange(get("/headers")).status()).isEqualTo(200);
        }
        await("the old port is closed").until(() -> {
            try (var socket =
                    new Socket(proxy.plain().getAddress(), proxy.plain().getPort())) {
                return !socket.isConnected();
            } catch (IOException refused) {
                return true;
            }
        });
    }

    @Test
    @Tag("CF-10")
    void noRequestFailsWhileItIsReloadedAgainAndAgain() throws Exception {
        var done = new AtomicBoolean();
        var served = new AtomicInteger();
        var failed = new AtomicInteger();
        var clients = new Thread[8];
        for (int i = 0; i < clients.length; i++) {
            boolean keeps = i % 2 == 0;
            clients[i] = Thread.ofVirtual().start(() -> load(keeps, done, served, failed));
        }
        for (int i = 0; i < 50; i++) {
            int before = served.get();
            write(i % 5 == 4 ? "broken" : i % 2 == 0 ? toSecond() : original);
            proxy.awaitOutput(i % 5 == 4 ? "the running configuration stays" : "configuration ", i / 5 + 1);
            await("load").until(() -> served.get() > before + 20 || failed.get() > 0);
        }
        done.set(true);
        for (var client : clients) {
            client.join();
        }

        assertThat(failed).hasValue(0);
        assertThat(served.get()).isGreaterThan(1_000);
        assertThat(proxy.output()).contains("configuration reloaded");
    }

    private void load(boolean keeps, AtomicBoolean done, AtomicInteger served, AtomicInteger failed) {
        while (!done.get()) {
            try (var client = RawHttp1Client.plain(proxy.plain())) {
                for (int i = 0; i < (keeps ? 100 : 1) && !done.get(); i++) {
                    if (client.exchange(get("/headers")).status() == 200) {
                        served.incrementAndGet();
                    } else {
                        failed.incrementAndGet();
                    }
                }
            } catch (RuntimeException | AssertionError broken) {
                failed.incrementAndGet();
            }
        }
    }
}
