package dev.gatehouse.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Listening sockets pass over a UNIX socket, and Java accepts from them as from its own.
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class DescriptorsIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "0.0.0.0", "::"})
    void passedSocketServesWhoConnectedBeforeItsFirstOwnerClosedIt(String host) throws Exception {
        var path = directory.resolve("socket");
        try (var listener = PassingSocket.listen(path);
                var one = PassingSocket.connect(path);
                var other = Objects.requireNonNull(listener.accept())) {
            var first = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getByName(host), 0), 10);
            var address = (InetSocketAddress) first.getLocalAddress();
            int descriptor = Descriptors.listening().stream()
                    .filter(known -> isAt(known, address.getPort()))
                    .findFirst()
                    .orElseThrow();
            one.send(List.of(descriptor));
            int received = other.receive().getFirst();
            assertThat(isAt(received, address.getPort())).isTrue();
            try (var early = new Socket(InetAddress.getByName(host), address.getPort())) {
                first.close();
                try (var adopted = Descriptors.adopt(received, 100).channel();
                        var late = new Socket(InetAddress.getByName(host), address.getPort())) {
                    for (var client : List.of(early, late)) {
                        try (var accepted = adopted.accept()) {
                            assertThat(((InetSocketAddress) accepted.getRemoteAddress()).getPort())
                                    .isEqualTo(client.getLocalPort());
                        }
                    }
                    assertThat(adopted.accept()).isNull();
                }
            }
            assertThat(Descriptors.listening()).noneMatch(known -> isAt(known, address.getPort()));
        }
    }

    private static boolean isAt(int descriptor, int port) {
        try {
            var address = Descriptors.address(descriptor);
            return address != null && address.getPort() == port;
        } catch (Exception impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void linesPassBothWaysAndSilenceIsNull() throws Exception {
        var path = directory.resolve("socket");
        try (var listener = PassingSocket.listen(path).patience(Duration.ofMillis(20))) {
            assertThat(listener.accept()).isNull();
            try (var one = PassingSocket.connect(path);
                    var other = Objects.requireNonNull(listener.accept()).patience(Duration.ofMillis(20))) {
                one.say("ready");
                one.say("Grüße\nin one line");
                assertThat(other.hear()).isEqualTo("ready");
                assertThat(other.hear()).isEqualTo("Grüße in one line");
                assertThat(other.hear()).isNull();
                other.say("go");
                assertThat(one.hear()).isEqualTo("go");
            }
        }
    }
}
