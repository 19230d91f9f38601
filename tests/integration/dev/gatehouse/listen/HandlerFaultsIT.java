package dev.gatehouse.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.config.CidrSet;
import dev.gatehouse.config.TestConfig;
import dev.gatehouse.config.TimeoutsConfig;
import dev.gatehouse.config.TlsConfig;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Handler;
import dev.gatehouse.listen.tcp.Front;
import dev.gatehouse.listen.tcp.Listening;
import dev.gatehouse.listen.tcp.TcpListeners;
import dev.gatehouse.loop.Loops;
import dev.gatehouse.loop.OpenFiles;
import dev.gatehouse.memory.Budget;
import dev.gatehouse.memory.BufferPool;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.Heads;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.SystemLogFile;
import dev.gatehouse.tls.SiteStore;
import dev.gatehouse.tls.TlsEngines;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Whatever a handler throws ends its request with 500 and a line in the log, and nothing else.
@Timeout(30)
class HandlerFaultsIT {
    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    private final Loops loops = Loops.create(1);
    private final TcpListeners listeners =
            new TcpListeners(loops, new BufferPool(Budget.ofProcess(1), 1), new OpenFiles(new Many()), Map.of());

    @BeforeEach
    void start() throws Exception {
        var config = new TestConfig().build();
        var front = new Front(
                new Faulty(),
                config.limits(),
                TimeoutsConfig.DEFAULTS,
                TlsConfig.DEFAULTS,
                CidrSet.EMPTY,
                SiteStore.empty(),
                _ -> null,
                TlsEngines.create(TlsConfig.DEFAULTS.primitives()));
        var anywhere = new Listening(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10, false);
        try (var change = listeners.change(List.of(anywhere))) {
            loops.start();
            change.commit(front, (_, _) -> false);
        }
    }

    @AfterEach
    void stop() throws Exception {
        listeners.close();
        loops.stop();
    }

    private InetSocketAddress address() {
        return listeners.addresses().values().iterator().next();
    }

    @Tag("RS-05")
    @Test
    void http1IsAnswered500AndEnds() {
        try (var client = RawHttp1Client.plain(address())) {
            var answer = client.exchange(Heads.get("/"));

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.fields().values("Connection")).containsExactly("close");
        }
        await().until(() -> LOG.lines().stream().anyMatch(line -> line.contains("request failed client=127.0.0.1")));
    }

    @Tag("RS-05")
    @Test
    void refusalsThatFailAreAnswered500Too() {
        try (var client = RawHttp1Client.plain(address())) {
            assertThat(client.exchange("GET / HTTP/1.1\r\n\r\n").status()).isEqualTo(500);
        }
    }

    @Tag("RS-05")
    @Test
    void http2IsAnswered500AndTheConnectionServesOn() {
        try (var client = H2RawClient.plain(address())) {
            for (int stream = 1; stream < 7; stream += 2) {
                var answer = client.get(stream, "app.example", "/").answer(stream);

                assertThat(answer.status()).isEqualTo(500);
                assertThat(answer.ending()).isEqualTo(Ending.COMPLETE);
            }
        }
        await().until(() -> LOG.lines().stream().anyMatch(line -> line.contains("request failed client=127.0.0.1")));
    }

    private static final class Many implements OpenFiles.Source {
        @Override
        public long limit() {
            return 1_000;
        }

        @Override
        public int used() {
            return 0;
        }
    }

    private static final class Faulty implements Handler {
        @Override
        public void handle(Exchange exchange) {
            throw new IllegalStateException("a bug");
        }

        @Override
        public void refuse(Exchange exchange, Failure failure, String detail) {
            throw new AssertionError("another bug");
        }
    }
}
