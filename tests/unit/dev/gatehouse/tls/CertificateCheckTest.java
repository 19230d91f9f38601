package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateCheckTest {
    private static final Path FILE = Path.of("cert.pem");
    private final Instant now = Instant.now();

    @TempDir
    Path directory;

    @Test
    void aGoodCertificateGivesNoWarning() {
        assertThat(check(TestKeys.P256.credentials("a.example", "*.b.example"), now, "a.example", "x.b.example"))
                .isEmpty();
    }

    @Test
    void aCertificateOutOfItsTimeIsTold() {
        var credentials = TestKeys.P256.credentials("a.example");

        assertThat(check(credentials, now.plus(Duration.ofDays(2)), "a.example"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("cert.expired");
                    assertThat(problem.error()).isFalse();
                    assertThat(problem.message()).startsWith("certificate 'cert.pem' expired on 20");
                });
        assertThat(codes(check(credentials, now.minus(Duration.ofDays(2)), "a.example")))
                .containsExactly("cert.not_yet_valid");
    }

    @Test
    void allNamesThatAreNotCoveredAreToldTogether() {
        var credentials = TestKeys.P256.credentials("a.example", "*.b.example");

        assertThat(check(credentials, now, "a.example", "b.example", "x.y.b.example", "*.c.example", "*.b.example"))
                .singleElement()
                .extracting(TlsProblem::message)
                .isEqualTo("certificate 'cert.pem' does not cover b.example, x.y.b.example, *.c.example;"
                        + " it covers a.example, *.b.example");
    }

    @Test
    void aCertificateWithoutNamesIsTold() {
        // An address is no DNS name.
        assertThat(codes(check(TestKeys.P256.credentials("192.0.2.1"), now, "a.example")))
                .containsExactly("cert.no_san");
    }

    @Test
    void weakKeysAndSignaturesAreTold() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        var weak = SelfSigned.of(
                generator.generateKeyPair(),
                "SHA1withRSA",
                List.of("a.example"),
                now.minusSeconds(60),
                now.plusSeconds(60));

        assertThat(codes(check(weak, now, "a.example"))).containsExactly("cert.weak_key", "cert.weak_signature");
    }

    @Test
    void intermediatesInAnotherOrderAreTold() {
        var leaf = TestKeys.P256.credentials("a.example");
        var stranger = TestKeys.RSA.credentials("b.example").leaf();

        assertThat(codes(check(new Credentials(List.of(leaf.leaf(), stranger), leaf.key()), now, "a.example")))
                .containsExactly("cert.chain");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "rw-r--r--, mode 0644, everybody on this machine can read",
        "rw-r-----, mode 0640, the group",
        "rw----r--, mode 0604, everybody on this machine can read",
        "rw----rw-, mode 0606, everybody on this machine can read",
        "rw-----w-, mode 0602, everybody on this machine has rights",
    })
    void aKeyFileThatOthersCanUseIsTold(String permissions, String mode, String who) throws Exception {
        assertThat(CertificateCheck.permissions(keyFile(permissions)))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("cert.key_permissions");
                    assertThat(problem.error()).isFalse();
                    assertThat(problem.message())
                            .contains("key.pem'")
                            .contains(mode)
                            .contains(who);
                    assertThat(problem.hint()).startsWith("chmod 600 ");
                });
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"rw-------", "r--------"})
    void aKeyFileOfItsOwnerIsFine(String permissions) throws Exception {
        assertThat(CertificateCheck.permissions(keyFile(permissions))).isEmpty();
    }

    @Test
    void whatWeMakeOurselvesLoadsWithoutAWarning() throws Exception {
        var certificate = directory.resolve("cert.pem");
        var key = directory.resolve("key.pem");
        SelfSigned.write(SelfSigned.forLocalhost(List.of("demo.example")), certificate, key);

        var loaded = Credentials.load(certificate, key);

        assertThat(check(loaded, now, "localhost", "demo.example")).isEmpty();
        assertThat(CertificateCheck.permissions(key)).isEmpty();
        assertThat(loaded.leaf().getSubjectAlternativeNames()).hasSize(4);
    }

    private Path keyFile(String permissions) throws Exception {
        var file = Files.writeString(directory.resolve("key.pem"), "key");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static List<TlsProblem> check(Credentials credentials, Instant now, String... names) {
        return CertificateCheck.warnings(credentials, FILE, List.of(names), now);
    }

    private static List<String> codes(List<TlsProblem> problems) {
        return problems.stream().map(TlsProblem::code).toList();
    }
}
