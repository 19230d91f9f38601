package dev.gatehouse;

import static dev.gatehouse.support.Inputs.once;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.Client;
import dev.gatehouse.support.Ending;
import dev.gatehouse.support.Front;
import dev.gatehouse.support.Inputs;
import dev.gatehouse.support.Request;
import dev.gatehouse.support.Stage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Upstreams that authenticate the connection and not the request (NTLM, Negotiate: RFC 4559).
@Timeout(60)
class ConnectionAuthenticationIT {
    /// Enough to meet every loop's pool.
    private static final int STRANGERS = 6;

    @RegisterExtension
    static final Stage STAGE = Stage.plain();

    static Stream<Arguments> schemes() {
        return Inputs.every(Stream.of("NTLM", "negotiate"));
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void connectionWithAUserServesNobodyElse(Front front, String scheme) {
        var target = once("/user");
        try (var alice = front.connect(STAGE.proxy())) {
            assertThat(alice.send(Request.get(target).with("Authorization", scheme + " alice"))
                            .text())
                    .isEqualTo("hello alice");
            assertStrangers(front);
            assertThat(alice.get("/user").text()).as("without credentials").isEqualTo("hello alice");
            assertStrangers(front);
        }
        assertThat(STAGE.origin().awaitRequest(target).connectionEnd())
                .as("it ends with the client's connection")
                .isIn(Ending.CLOSED, Ending.RESET);
        assertStrangers(front);
    }

    private static void assertStrangers(Front front) {
        for (int i = 0; i < STRANGERS; i++) {
            try (var client = front.connect(STAGE.proxy())) {
                assertThat(client.get("/user").text()).isEqualTo("hello stranger");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("schemes")
    void connectionThatAskedForAUserIsKeptForThatClient(Front front, String scheme) {
        try (var client = front.connect(STAGE.proxy())) {
            int connection = challenged(client, scheme);
            for (int i = 0; i < STRANGERS; i++) {
                try (var other = front.connect(STAGE.proxy())) {
                    assertThat(connectionOf(other, Request.get(once("/user")))).isNotEqualTo(connection);
                }
            }
            var withUser = Request.get(once("/user")).with("Authorization", scheme + " bob");
            assertThat(connectionOf(client, withUser)).isEqualTo(connection);
            assertThat(client.get("/user?ask=" + scheme).text()).isEqualTo("hello bob");
        }
    }

    private static int challenged(Client client, String scheme) {
        var request = Request.get(once("/user?ask=" + scheme));
        int connection = connectionOf(client, request);
        assertThat(client.get("/user?ask=" + scheme).status()).isEqualTo(401);
        return connection;
    }

    private static int connectionOf(Client client, Request request) {
        client.send(request);
        return STAGE.origin().awaitRequest(request.target()).connection();
    }
}
