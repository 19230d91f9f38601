package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.H2RawClient;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.RawHttp1Client;
import dev.gatehouse.support.TestOrigin;
import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Clients that hold memory and do nothing give way to those that come and go.
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class HeldMemoryIT {
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int CLIENTS = 6;
    private static final int STREAMS = 16;

    @Test
    void clientsWithoutRoomForTheirResponsesKeepNobodyOut() throws IOException {
        var attackers = new ArrayList<H2RawClient>();
        try (var origin = TestOrigin.start();
                var proxy = ProxyProcess.start(
                        ProxyUnderTest.with(AppUnderTest.inFrontOf(origin)).top("max_requests = 32"),
                        "-Xmx64m",
                        "-XX:MaxDirectMemorySize=64m")) {
            for (int i = 0; i < CLIENTS; i++) {
                var attacker = H2RawClient.plainWithout(proxy.plain())
                        .passive()
                        .preface()
                        .settings(INITIAL_WINDOW_SIZE, 0);
                attackers.add(attacker);
                for (int n = 0; n < STREAMS; n++) {
                    attacker.get(attacker.nextStream(), "app.example", "/bytes?n=5000000");
                }
            }
            proxy.awaitOutput("reason=limit.", 1);

            try (var other = RawHttp1Client.plain(proxy.plain())) {
                for (int i = 0; i < 50; i++) {
                    assertThat(other.exchange("GET /x HTTP/1.1\r\nHost: app.example\r\n\r\n")
                                    .status())
                            .isEqualTo(200);
                }
            }
            assertThat(proxy.output()).doesNotContain("OutOfMemory").doesNotContain(" ERROR ");
        } finally {
            attackers.forEach(H2RawClient::close);
        }
    }
}
