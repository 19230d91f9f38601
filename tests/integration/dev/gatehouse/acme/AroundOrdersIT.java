package dev.gatehouse.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.config.AcmeChallenge;
import dev.gatehouse.config.ListenConfig;
import dev.gatehouse.support.ProxyProcess;
import dev.gatehouse.support.SystemLogFile;
import dev.gatehouse.support.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The check before an order, the hook for DNS records, and the registry of another program.
@Timeout(60)
class AroundOrdersIT {
    @RegisterExtension
    static final SystemLogFile LOG = new SystemLogFile();

    @TempDir
    Path directory;

    private static Reachability with(int plainPort, int tlsPort) {
        return new Reachability(
                new ListenConfig(plainPort, tlsPort, List.of(InetAddress.getLoopbackAddress()), 10, tlsPort, null));
    }

    @Test
    void aNameThatDoesNotResolveIsTold() {
        assertThat(with(0, 0).look(List.of("nobody.invalid"), AcmeChallenge.TLS_ALPN_01))
                .isEqualTo(1);
        assertThat(LOG.await("acme.preflight"))
                .contains("name does not resolve")
                .contains("name=nobody.invalid");
    }

    @Test
    void aPortThatDoesNotAnswerIsTold() throws IOException {
        try (var listening = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            int closed = ProxyProcess.freeAddress().getPort();
            var looking = with(closed, listening.getLocalPort());

            assertThat(looking.look(List.of("127.0.0.1"), AcmeChallenge.TLS_ALPN_01))
                    .isZero();
            assertThat(looking.look(List.of("127.0.0.1"), AcmeChallenge.HTTP_01))
                    .isEqualTo(1);
            assertThat(LOG.await("acme.preflight"))
                    .contains("port does not answer")
                    .contains("port=" + closed)
                    .contains("the CA connects to port 80");
            assertThat(looking.look(List.of("nobody.invalid"), AcmeChallenge.DNS_01))
                    .as("the CA asks the DNS only")
                    .isZero();
        }
    }

    private DnsHook hook(String commands, Duration limit) throws IOException {
        var file = Files.writeString(directory.resolve("hook"), "#!/bin/sh\n" + commands);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new DnsHook(file, limit);
    }

    @Test
    void aHookThatFailsIsToldWithItsLastLines() throws IOException {
        var failing = hook(
                "echo one; echo two; echo three; echo four; echo five; echo no such zone >&2; exit 3\n",
                Duration.ofSeconds(20));

        assertThatThrownBy(() -> failing.present("_acme-challenge.a.example", "x"))
                .isInstanceOf(OrderFailure.class)
                .hasMessageContaining("ended with 3: two | three | four | five | no such zone");
    }

    @Test
    void aHookThatHangsIsEndedWithItsChildren() throws IOException {
        var hanging = hook(
                "echo dialing; sleep 1000 & echo $! > " + directory.resolve("child") + "; wait\n",
                Duration.ofSeconds(2));

        assertThatThrownBy(() -> hanging.present("_acme-challenge.a.example", "x"))
                .isInstanceOf(OrderFailure.class)
                .hasMessageContaining("takes longer than 2 s: dialing");
        var child = Long.parseLong(Files.readString(directory.resolve("child")).strip());
        await("end of the child").atMost(Duration.ofSeconds(20)).until(() -> hasEnded(child));
    }

    /// Gone, or dead and kept by a parent that does not ask for it.
    private static boolean hasEnded(long process) throws IOException {
        try {
            return Files.readString(Path.of("/proc/" + process + "/status")).contains("State:\tZ");
        } catch (NoSuchFileException gone) {
            return true;
        }
    }

    @Test
    void aHookThatCannotBeStartedIsTold() {
        assertThatThrownBy(() -> new DnsHook(directory.resolve("none"), Duration.ofSeconds(5)).present("a", "b"))
                .isInstanceOf(OrderFailure.class)
                .hasMessageContaining("cannot be started");
    }

    @Test
    void rpxysCertificateIsFoundAndCountsAsOneThatIsToBeReplaced() throws IOException {
        var leaf = TestPki.create().leaf("shop.example");
        var pem = leaf.writeTo(directory, "x");
        var registry = directory.resolve("registry");
        Files.createDirectories(registry.resolve("shop.example"));
        Files.writeString(
                registry.resolve("shop.example/cached_cert_abc"),
                Files.readString(pem.key()) + "\n" + Files.readString(pem.certificate()));

        var stored = Objects.requireNonNull(new Registry(registry, URI.create("https://ca.example/dir"))
                .find(List.of("shop.example", "www.shop.example")));

        assertThat(stored.credentials().leaf()).isEqualTo(leaf.leaf());
        assertThat(stored.own()).isFalse();
    }
}
