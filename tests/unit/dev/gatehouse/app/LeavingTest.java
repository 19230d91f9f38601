package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.TestConfig;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.tls.SiteStore;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeavingTest {
    private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);

    private final ClientConnection client = new ClientConnection(NOWHERE, NOWHERE, false, null);
    private final Leaving leaving = new Leaving(
            new TestConfig()
                    .plain(List.of("one.example"), TestConfig.route("/"), TestConfig.route("/a"))
                    .plain(List.of("two.example"), TestConfig.route("/"))
                    .build(),
            SiteStore.empty());

    @Test
    void connectionWithoutARequestStays() {
        assertThat(leaving.leaves(client, false)).isFalse();
    }

    /// In whatever order they served it.
    @ParameterizedTest
    @CsvSource({
        "one, false",
        "gone, true",
        "one gone, false",
        "gone one, false",
        "gone one gone, false",
        "gone lost, true",
        "gone lost gone two, false"
    })
    void connectionLeavesWhenAllItsAppsAreGone(String apps, boolean leaves) {
        for (var app : apps.split(" ")) {
            client.servedBy(app, "/");
        }

        assertThat(leaving.leaves(client, false)).isEqualTo(leaves);
    }

    @ParameterizedTest
    @CsvSource({"one, /, false", "one, /a, false", "one, /gone, true", "two, /a, true", "gone, /, true"})
    void tunnelLeavesWithItsRouteWhateverServedItsConnectionBefore(String app, String route, boolean leaves) {
        client.servedBy("one", "/");
        client.servedBy(app, route);

        assertThat(leaving.leaves(client, true)).isEqualTo(leaves);
    }
}
