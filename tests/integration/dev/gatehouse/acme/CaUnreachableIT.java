package dev.gatehouse.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gatehouse.config.ConfigReader;
import dev.gatehouse.support.TestOrigin;
import dev.gatehouse.support.TestPki;
import dev.gatehouse.tls.UpstreamTrust;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.shredzone.acme4j.exception.AcmeException;

/// What is said of a CA that cannot be reached.
@Timeout(60)
@Tag("AC-02")
class CaUnreachableIT {
    private static final TestPki PKI = TestPki.create();

    @TempDir
    Path directory;

    @Test
    void aPortThatNobodyListensOn() throws Exception {
        int port;
        try (var origin = TestOrigin.start()) {
            port = origin.port();
        }

        told("https://127.0.0.1:" + port, "127.0.0.1:" + port + " refuses the connection", "is dir_url right");
    }

    @Test
    void aNameThatDoesNotExist() throws Exception {
        told("https://ca.invalid", "there is no address for the name ca.invalid", "resolve names");
    }

    @Test
    void aServerThatSaysNothing() throws Exception {
        try (var origin = TestOrigin.mute()) {
            told("https://127.0.0.1:" + origin.port(), " does not answer in time (", "firewall");
        }
    }

    @Test
    void aServerWithoutTls() throws Exception {
        try (var origin = TestOrigin.start()) {
            told("https://127.0.0.1:" + origin.port(), "TLS with 127.0.0.1:" + origin.port() + " fails (", "speak TLS");
        }
    }

    @Test
    void aCertificateForAnotherName() throws Exception {
        try (var origin = TestOrigin.startTls(TestPki.serving(PKI.leaf("other.example")))) {
            told("https://127.0.0.1:" + origin.port(), "is not for the name 127.0.0.1 (No subject", "dir_url");
            told("https://localhost:" + origin.port(), "is not for the name localhost (No ", "dir_url");
        }
    }

    @Test
    void aCertificateOfAnUnknownAuthority() throws Exception {
        var stranger = TestPki.stranger();
        try (var origin = TestOrigin.startTls(TestPki.serving(stranger.leaf("127.0.0.1")))) {
            told("https://127.0.0.1:" + origin.port(), "an authority that is not trusted here", "ca_path of [acme]");
        }
    }

    @Test
    void aCertificateOutOfItsTime() throws Exception {
        try (var origin = TestOrigin.startTls(TestPki.serving(PKI.leaf(
                TestPki.Kind.ECDSA, Instant.now().minus(Duration.ofHours(2)), Duration.ofHours(1), "127.0.0.1")))) {
            told("https://127.0.0.1:" + origin.port(), "is not valid now", "clock");
        }
    }

    private void told(String server, String message, String hint) throws Exception {
        var authorities = PKI.writeCaTo(directory);
        var file = Files.writeString(directory.resolve("config.toml"), """
            listen_port_tls = 8443
            [acme]
            email = "ops@app.example"
            dir_url = "%s/directory"
            ca_path = "%s"
            [apps.a]
            server_name = "a.example"
            tls = { acme = true }
            reverse_proxy = [{ upstream = [{ location = "127.0.0.1:1" }] }]
            """.formatted(server, authorities));
        var config = Objects.requireNonNull(ConfigReader.read(file).config());
        try (var ca = new Ca(
                Objects.requireNonNull(config.acme()),
                UpstreamTrust.of(authorities, false).context(),
                Clock.systemUTC(),
                Duration.ofMillis(server.contains("127.0.0.1") ? 1_500 : 5_000))) {
            var failure = CaFailures.of(Objects.requireNonNull(
                    catchThrowableOfType(AcmeException.class, () -> ca.session().getMetadata())));

            assertThat(failure.kind()).isEqualTo(OrderFailure.Kind.UNAVAILABLE);
            assertThat(failure)
                    .hasMessageStartingWith("the CA cannot be reached: ")
                    .hasMessageContaining(message);
            assertThat(failure.hint()).contains(hint);
        }
    }
}
