package dev.gatehouse.faults;

import static dev.gatehouse.support.Heads.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Many clients from one address that mean no harm: a company behind NAT, a CDN, a load balancer. None is refused
/// without a key that says so, however little the machine gives.
@Timeout(240)
class CrowdIT {
    private static final String CLOSING = "GET /headers HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n";

    /// All connect before the first asks.
    private static List<String> failures(int clients, String request, Supplier<RawHttp1Client> connect)
            throws InterruptedException {
        var failed = new ConcurrentLinkedQueue<String>();
        var connected = new CountDownLatch(clients);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                threads.execute(() -> {
                    try (var client = connect.get().patience(Duration.ofMinutes(2))) {
                        connected.countDown();
                        connected.await();
                        int status = client.exchange(request).status();
                        if (status != 200) {
                            failed.add("status " + status);
                        }
                    } catch (RuntimeException | InterruptedException | AssertionError broken) {
                        connected.countDown();
                        failed.add(broken.toString());
                    }
                });
            }
        }
        return List.copyOf(failed);
    }

    @Test
    @Tag("RS-07")
    void thousandConnectionsOfOneAddressAreServed() throws Exception {
        try (var origin = TestOrigin.start();
                var proxy = ProxyUnderTest.inFrontOf(origin)) {
            assertThat(failures(1_000, get("/headers"), () -> RawHttp1Client.plain(proxy.plain())))
                    .isEmpty();
        }
    }

    @Test
    @Tag("TL-11")
    void handshakesOfOneAddressWaitForTheirTurn() throws Exception {
        var trusting = ProxyUnderTest.pki().trusting();
        try (var origin = TestOrigin.start();
                var proxy = ProxyUnderTest.inFrontOf(origin)) {
            assertThat(failures(300, get("/headers"), () -> RawHttp1Client.tls(proxy.tls(), "app.example", trusting)))
                    .isEmpty();
        }
    }

    @Test
    @Tag("RS-01")
    @EnabledOnOs(OS.LINUX)
    void withFewDescriptorsWhoWasAcceptedIsServedAndOthersWait() throws Exception {
        try (var origin = TestOrigin.start();
                var proxy = ProxyProcess.withDescriptors(60, ProxyUnderTest.with(AppUnderTest.inFrontOf(origin)))) {
            proxy.awaitOutput("few clients at a time reason=fd.limit", 1);

            assertThat(failures(80, CLOSING, () -> RawHttp1Client.plain(proxy.plain())))
                    .as(proxy.output())
                    .isEmpty();
            assertThat(proxy.output())
                    .contains("accepting paused reason=fd.limit")
                    .doesNotContain(" ERROR ");
        }
    }

    @Test
    @Tag("SG-01")
    @EnabledOnOs(OS.LINUX)
    void withFewDescriptorsItEndsInOrder() throws Exception {
        var clients = new ArrayList<RawHttp1Client>();
        try (var origin = TestOrigin.start();
                var proxy = ProxyProcess.withDescriptors(60, ProxyUnderTest.with(AppUnderTest.inFrontOf(origin)))) {
            for (int i = 0; i < 80; i++) {
                clients.add(RawHttp1Client.plain(proxy.plain()));
            }
            assertThat(clients.getFirst().exchange(get("/headers")).status()).isEqualTo(200);
            proxy.awaitOutput("accepting paused reason=fd.limit", 1);

            proxy.signal("TERM");

            assertThat(proxy.awaitExit()).isZero();
            assertThat(proxy.output()).contains("stopped drained=true").doesNotContain(" ERROR ");
        } finally {
            for (var client : clients) {
                client.close();
            }
        }
    }
}
