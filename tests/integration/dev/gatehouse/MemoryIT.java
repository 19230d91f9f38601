package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Body;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Bodies of any size pass through a heap of 64 MiB: nothing is collected, in either direction, for a slow peer
/// neither.
@Timeout(240)
@EnabledOnOs(OS.LINUX)
@SuppressWarnings("NullAway.Init") // set before all tests
class MemoryIT {
    private static final long MIB = 1 << 20;
    private static final long HUGE = 2048 * MIB;
    private static final long LARGE = 256 * MIB;
    private static final long PEAK_MIB = 250;

    private static TestOrigin origin;
    private static ProxyProcess proxy;

    @BeforeAll
    static void start() {
        origin = TestOrigin.start();
        proxy = ProxyProcess.start(
                ProxyUnderTest.with(AppUnderTest.inFrontOf(origin)).top("request_max_body_size = \"unlimited\""),
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=64m");
    }

    @AfterAll
    static void stop() throws IOException {
        try {
            assertThat(proxy.output()).doesNotContain(" ERROR ").doesNotContain("OutOfMemory");
        } finally {
            proxy.close();
            origin.close();
        }
    }

    @AfterEach
    void memoryIsFlat() {
        assertThat(proxy.peakResidentMiB()).isLessThan(PEAK_MIB);
    }

    private static RawHttp1Client h1() {
        return RawHttp1Client.tls(
                proxy.tls(), "app.example", ProxyUnderTest.pki().trusting());
    }

    private static H2RawClient h2() {
        return H2RawClient.tls(proxy.tls(), "app.example", ProxyUnderTest.pki().trusting());
    }

    private static String target(long length) {
        return "/bytes?n=" + length + "&framing=chunked";
    }

    @Test
    void aHugeDownloadOverHttp1ByAReaderThatIsSlowAtFirst() {
        try (var client = h1();
                var other = h1()) {
            client.send("GET " + target(HUGE) + " HTTP/1.1\r\nHost: app.example\r\n\r\n");
            var pieces = new AtomicInteger();

            var answer = client.read("GET", () -> {
                if (pieces.incrementAndGet() <= 1_000) {
                    assertThat(other.exchange("GET /x HTTP/1.1\r\nHost: app.example\r\n\r\n")
                                    .status())
                            .isEqualTo(200);
                }
            });

            assertThat(answer.isComplete()).as(answer.toString()).isTrue();
            assertThat(answer.body().length()).isEqualTo(HUGE);
            assertThat(answer.body().digest()).isEqualTo(Body.pattern(HUGE).digest());
        }
    }

    @Test
    void aHugeUploadOverHttp1() throws IOException {
        try (var client = h1()) {
            client.patience(Duration.ofSeconds(60))
                    .send("POST /discard?huge HTTP/1.1\r\nHost: app.example\r\nContent-Length: " + HUGE + "\r\n\r\n");
            Body.pattern(HUGE).writeTo(client.out(), 65_536);

            assertThat(client.read().text())
                    .isEqualTo(HUGE + " " + Body.pattern(HUGE).digest());
        }
    }

    @Test
    void aLargeDownloadOverHttp2ByAReaderThatStopsNowAndThen() {
        try (var client = h2();
                var other = h1()) {
            int stream = client.nextStream();
            client.get(stream, "app.example", target(LARGE));
            for (long read = 1; read < LARGE; read += 4 * MIB) {
                client.awaitBody(stream, read);
                client.stopReading();
                assertThat(other.exchange("GET /x HTTP/1.1\r\nHost: app.example\r\n\r\n")
                                .status())
                        .isEqualTo(200);
                client.resumeReading();
            }

            var answer = client.answer(stream, Duration.ofSeconds(60));
            assertThat(answer.isComplete()).as(answer.toString()).isTrue();
            assertThat(answer.body().digest()).isEqualTo(Body.pattern(LARGE).digest());
        }
    }

    @Test
    void aLargeUploadOverHttp2() {
        try (var client = h2()) {
            int stream = client.nextStream();
            client.headers(stream, false, client.request("POST", "app.example", "/discard?large"));
            client.send(stream, Body.pattern(LARGE), true, 16_384);

            assertThat(client.answer(stream, Duration.ofSeconds(60)).text())
                    .isEqualTo(LARGE + " " + Body.pattern(LARGE).digest());
        }
    }
}
