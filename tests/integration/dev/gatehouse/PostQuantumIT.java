package dev.gatehouse;

import static dev.gatehouse.support.Inputs.once;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.support.AppUnderTest;
import dev.gatehouse.support.Program;
import dev.gatehouse.support.ProxyUnderTest;
import dev.gatehouse.support.Stage;
import dev.gatehouse.support.TestPki;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The hybrid key exchange with a client that is not Java: Go's.
@Timeout(300)
class PostQuantumIT {
    @TempDir
    static Path directory;

    @RegisterExtension
    static final Stage STAGE = Stage.of(origin -> ProxyUnderTest.with(
            AppUnderTest.inFrontOf(origin),
            AppUnderTest.named("rsa", "rsa.example")
                    .identity(ProxyUnderTest.pki().leaf(TestPki.Kind.RSA, "rsa.example"))
                    .route("/", origin.address()),
            AppUnderTest.named("classic", "classic.example")
                    .tls("groups = [\"x25519\", \"secp256r1\"]")
                    .route("/", origin.address())));

    private static Program client(String name, String target) {
        var source = Path.of(System.getProperty("gatehouse.root", "."), "tests/interop/pqclient/main.go");
        var binary = directory.resolve("pqclient").toString();
        var built = Program.run("", "go", "build", "-o", binary, source.toString());
        assertThat(built.code()).as(built.output()).isZero();
        return Program.run("", binary, "127.0.0.1:" + STAGE.proxy().tls().getPort(), name, target);
    }

    @ParameterizedTest
    @CsvSource({"app.example", "rsa.example"})
    @Tag("TL-03")
    void aClientThatWantsOnlyTheHybridIsServedAndTheAccessLogSaysSo(String name) {
        var target = once("/headers");

        assertThat(client(name, target).output()).contains("status 200");
        var line = STAGE.proxy().awaitAccessTo(target);
        assertThat(line.value("tls_group")).isEqualTo("X25519MLKEM768");
        assertThat(line.value("tls_version")).isEqualTo("TLSv1.3");
    }

    @ParameterizedTest
    @CsvSource({"classic.example"})
    @Tag("TL-03")
    void whereItIsTurnedOffThatClientIsRefused(String name) {
        assertThat(client(name, once("/headers")).output())
                .contains("handshake failure")
                .doesNotContain("status");
    }
}
