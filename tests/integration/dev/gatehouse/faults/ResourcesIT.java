package dev.gatehouse.faults;

import static dev.gatehouse.support.Heads.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.MixedLoad;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import dev.gatehouse.support.Tools;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Too little of what the machine gives, and a process that is killed.
@Timeout(240)
@EnabledOnOs(OS.LINUX)
@SuppressWarnings("NullAway.Init") // set by each test
class ResourcesIT {
    private final TestOrigin origin = TestOrigin.start();
    private ProxyProcess proxy;

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        origin.close();
    }

    private void start(String... flags) {
        proxy = ProxyProcess.start(
                ProxyUnderTest.with(AppUnderTest.inFrontOf(origin)).top("max_clients = 8192"), flags);
    }

    private RawHttp1Client client() {
        return RawHttp1Client.plain(proxy.plain());
    }

    @Test
    @Tag("RS-01")
    void withoutFileDescriptorsAcceptsPauseAndGoOnByThemselves() throws Exception {
        var prlimit = Tools.find("prlimit");
        start();
        var waiting = new ArrayList<Socket>();
        try (var early = client()) {
            assertThat(early.exchange(get("/headers")).status()).isEqualTo(200);
            assertThat(new ProcessBuilder(prlimit.toString(), "--pid", Long.toString(proxy.pid()), "--nofile=256:256")
                            .start()
                            .waitFor())
                    .isZero();
            for (int i = 0; i < 1_000; i++) {
                waiting.add(new Socket(proxy.plain().getAddress(), proxy.plain().getPort()));
            }
            proxy.awaitOutput("accepting paused reason=fd.limit", 1);
            var cpu = proxy.cpu();
            for (int i = 0; i < 200; i++) {
                assertThat(early.exchange(get("/headers")).status()).isEqualTo(200);
                Thread.sleep(10);
            }
            assertThat(proxy.cpu().minus(cpu))
                    .as("CPU of two seconds and 200 requests")
                    .isLessThan(Duration.ofMillis(1_500));
        } finally {
            for (var socket : waiting) {
                socket.close();
            }
        }
        await("a new client is served").atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            try (var late = client()) {
                assertThat(late.exchange(get("/headers")).status()).isEqualTo(200);
            }
        });
        assertThat(proxy.output().split("reason=fd.limit", -1)).hasSize(2);
    }

    @Test
    @Tag("RS-04")
    void thousandsOfBodiesAtATimePassThroughASmallHeap() throws Exception {
        start("-Xmx64m", "-XX:MaxDirectMemorySize=64m");
        int transfers = 2_000;
        int length = 500_000;
        var digest = Body.pattern(length).digest();
        var failed = new ConcurrentLinkedQueue<String>();
        var connected = new CountDownLatch(transfers);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < transfers; i++) {
                boolean upload = i % 2 == 0;
                threads.execute(() -> {
                    try (var client = client().patience(Duration.ofMinutes(2))) {
                        connected.countDown();
                        connected.await();
                        if (upload) {
                            client.send("POST /discard HTTP/1.1\r\nHost: app.example\r\nContent-Length: " + length
                                    + "\r\n\r\n");
                            Body.pattern(length).writeTo(client.out(), 20_000);
                            check(failed, client.read("POST").text(), length + " " + digest);
                        } else {
                            var answer = client.exchange(get("/bytes?n=" + length));
                            check(failed, answer.body().digest(), digest);
                        }
                    } catch (RuntimeException | IOException | InterruptedException | AssertionError broken) {
                        failed.add(broken.toString());
                    }
                });
            }
        }
        assertThat(failed).as(proxy.output()).isEmpty();
        assertThat(proxy.output()).doesNotContain("OutOfMemory").doesNotContain(" ERROR ");
        assertThat(proxy.peakResidentMiB()).isLessThan(400);
    }

    private static void check(Queue<String> failed, String got, String wanted) {
        if (!got.equals(wanted)) {
            failed.add("got '" + got + "'");
        }
    }

    @Test
    @Tag("RS-06")
    void memoryIsTheSameAfterManyRequestsAndNoBufferLeaks() {
        start("-XX:MaxDirectMemorySize=32m");
        load(5);
        var before = proxy.holdings();
        load(40);
        var after = proxy.holdings();

        assertThat(after.heapKiB()).as(before + " -> " + after).isLessThan(before.heapKiB() + 3_000);
        assertThat(after.files()).as(before + " -> " + after).isLessThanOrEqualTo(before.files() + 40);
        assertThat(proxy.output()).doesNotContain(" ERROR ").doesNotContain(" WARN ");
    }

    private void load(int rounds) {
        try (var load = MixedLoad.on(proxy::plain, proxy::tls, 20)) {
            for (int i = 0; i < rounds; i++) {
                load.awaitEverybody();
            }
            assertThat(load.finish()).isEmpty();
        }
    }

    @Test
    @Tag("SG-04")
    void killedUnderLoadItServesAgainAndNothingIsBroken() throws IOException {
        start();
        try (var _ = MixedLoad.on(proxy::plain, proxy::tls, 20)) {
            await("load").until(() -> origin.requests().size() > 200);
            proxy.kill();
            proxy = proxy.again();
        }
        try (var load = MixedLoad.on(proxy::plain, proxy::tls, 20)) {
            load.awaitEverybody();
            assertThat(load.finish()).isEmpty();
        }
        // The last line before the end may be half a line; all others are whole.
        assertThat(Files.readAllLines(proxy.directory().resolve("access.log")))
                .filteredOn(line -> !(line.startsWith("{") && line.endsWith("}")))
                .hasSizeLessThanOrEqualTo(1);
        assertThat(proxy.output()).contains("control socket=").doesNotContain("no control socket");
    }
}
