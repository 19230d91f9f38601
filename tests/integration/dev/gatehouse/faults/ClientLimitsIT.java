package dev.gatehouse.faults;

import static dev.gatehouse.support.Heads.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.SystemLogFile;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// More connections than may be: who is there keeps the place, who comes is refused and told in the log.
@Timeout(60)
class ClientLimitsIT {
    private static final int MOST = 3;

    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    @ParameterizedTest
    @ValueSource(strings = {"max_clients", "max_clients_per_ip"})
    @Tag("RS-07")
    void connectionsAboveTheLimitAreClosedAndAPlaceThatIsGivenBackIsTaken(String key) throws IOException {
        var clients = new ArrayList<RawHttp1Client>();
        try (var origin = TestOrigin.start();
                var proxy = ProxyUnderTest.with(AppUnderTest.inFrontOf(origin))
                        .top(key + " = " + MOST)
                        .start()) {
            for (int i = 0; i < MOST; i++) {
                clients.add(RawHttp1Client.plain(proxy.plain()));
                assertThat(clients.getLast().exchange(get("/headers")).status()).isEqualTo(200);
            }
            try (var tooMany = RawHttp1Client.plain(proxy.plain())) {
                assertThat(tooMany.awaitClose().rest().length()).isZero();
            }
            await("a line of it")
                    .until(() -> LOG.lines("conn.limit").stream()
                            .anyMatch(line ->
                                    line.contains("client refused client=127.0.0.1") && line.endsWith("limit=" + key)));
            for (var client : clients) {
                assertThat(client.exchange(get("/headers")).status()).isEqualTo(200);
            }

            clients.removeFirst().close();
            await("the place is free").untilAsserted(() -> {
                try (var late = RawHttp1Client.plain(proxy.plain())) {
                    late.offer(get("/headers"));
                    assertThat(late.read().status()).isEqualTo(200);
                }
            });
        } finally {
            clients.forEach(RawHttp1Client::close);
        }
    }
}
