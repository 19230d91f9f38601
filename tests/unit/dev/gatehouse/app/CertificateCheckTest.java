package dev.gatehouse.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.config.AcmeKeyType;
import dev.gatehouse.config.AppTlsConfig;
import dev.gatehouse.config.ClientAuthConfig;
import dev.gatehouse.config.TlsPolicy;
import dev.gatehouse.tls.CredentialFiles;
import dev.gatehouse.tls.SelfSigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateCheckTest {
    private final List<String> found = new ArrayList<>();

    @TempDir
    static Path made;

    @TempDir
    Path directory;

    private Path certificate;
    private Path key;

    @BeforeAll
    static void makeCertificates() throws IOException {
        for (var name : List.of("shop", "other")) {
            SelfSigned.write(
                    SelfSigned.forLocalhost(List.of(name + ".example.com")),
                    made.resolve(name + ".crt"),
                    made.resolve(name + ".key"));
        }
    }

    @BeforeEach
    void copyCertificate() throws IOException {
        certificate = Files.copy(made.resolve("shop.crt"), directory.resolve("shop.crt"));
        key = Files.copy(made.resolve("shop.key"), directory.resolve("shop.key"), StandardCopyOption.COPY_ATTRIBUTES);
    }

    @Test
    void aGoodPairIsSilent() {
        check(certificate, key, Instant.now());

        assertThat(found).isEmpty();
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        check(directory.resolve("none.crt"), directory, Instant.now());

        assertThat(found)
                .containsExactly(
                        "ERROR cert.unreadable apps.shop.tls.tls_cert_path: file '" + directory
                                + "/none.crt' cannot be read: no such file",
                        "ERROR cert.unreadable apps.shop.tls.tls_cert_key_path: file '" + directory
                                + "' cannot be read: it is a directory");
    }

    @Test
    void whatIsNoCertificateIsNamed() throws IOException {
        Files.writeString(certificate, "hello\n");
        check(certificate, key, Instant.now());

        assertThat(found).singleElement().asString().startsWith("ERROR cert.not_pem apps.shop.tls.tls_cert_path:");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() {
        check(certificate, made.resolve("other.key"), Instant.now());

        assertThat(found)
                .containsExactly("ERROR cert.mismatch apps.shop.tls.tls_cert_key_path: the key in '" + made
                        + "/other.key' (EC) does not belong to the certificate in '" + certificate
                        + "' (EC, CN=localhost)");
    }

    @Test
    void whatIsNoKeyIsNamed() throws IOException {
        Files.copy(certificate, key, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        check(certificate, key, Instant.now());

        assertThat(found)
                .containsExactly(
                        "ERROR cert.no_key apps.shop.tls.tls_cert_key_path: file '" + key + "' holds no private key");
    }

    @Test
    void anEmptyBundleOfAuthoritiesIsNamed() throws IOException {
        var bundle = Files.createFile(directory.resolve("ca.pem"));
        new CertificateCheck(new CredentialFiles(), this::add, "apps.shop.tls.", Instant.now())
                .check(
                        new AppTlsConfig(
                                certificate,
                                key,
                                new ClientAuthConfig(bundle, true, null, List.of(), List.of(), false, false),
                                TlsPolicy.DEFAULTS,
                                null,
                                null),
                        List.of("shop.example.com"));

        assertThat(found)
                .containsExactly("ERROR cert.empty apps.shop.tls.client_ca_cert_path: file '" + bundle + "' is empty");
    }

    @Test
    void aTrustedCertificateThatIsNoCaIsAWarning() {
        new CertificateCheck(new CredentialFiles(), this::add, "acme.", Instant.now())
                .authorities("ca_path", certificate);

        assertThat(found)
                .singleElement()
                .asString()
                .startsWith("WARNING cert.not_ca acme.ca_path: a certificate in '" + certificate + "' is no CA");
    }

    @Test
    void aCertificateOutsideItsTimeIsAWarning() {
        check(certificate, key, Instant.now().plus(Duration.ofDays(31)));
        check(certificate, key, Instant.now().minus(Duration.ofDays(1)));

        assertThat(found).hasSize(2);
        assertThat(found.get(0)).startsWith("WARNING cert.expired apps.shop.tls.tls_cert_path: certificate '");
        assertThat(found.get(1)).startsWith("WARNING cert.not_yet_valid apps.shop.tls.tls_cert_path: certificate '");
    }

    @Test
    void groupsThatTheKeyCannotBeUsedWithAreAnError() {
        var hybridOnly = new TlsPolicy(true, List.of("X25519MLKEM768", "x25519"), List.of(), List.of("h2"));
        new CertificateCheck(new CredentialFiles(), this::add, "apps.shop.tls.", Instant.now())
                .check(new AppTlsConfig(certificate, key, null, hybridOnly, null, null), List.of("shop.example.com"));

        assertThat(found)
                .singleElement()
                .asString()
                .startsWith("ERROR tls.group apps.shop.tls.groups: the certificate's key is ECDSA on secp256r1");
    }

    @Test
    void theSameGoesForTheKeyOfACertificateToCome() {
        var policy = new TlsPolicy(true, List.of("X25519MLKEM768", "x25519", "secp384r1"), List.of(), List.of("h2"));
        var check = new CertificateCheck(new CredentialFiles(), this::add, "apps.shop.tls.", Instant.now());
        check.issued(AcmeKeyType.P384, policy);
        check.issued(AcmeKeyType.RSA2048, policy);
        check.issued(AcmeKeyType.P256, TlsPolicy.DEFAULTS);
        assertThat(found).isEmpty();

        check.issued(AcmeKeyType.P256, policy);

        assertThat(found)
                .singleElement()
                .asString()
                .startsWith("ERROR tls.group apps.shop.tls.groups: the certificate's key is ECDSA on secp256r1");
    }

    @Test
    void anUncoveredNameIsAWarning() {
        new CertificateCheck(new CredentialFiles(), this::add, "apps.shop.tls.", Instant.now())
                .check(
                        new AppTlsConfig(certificate, key, null, TlsPolicy.DEFAULTS, null, null),
                        List.of("shop.example.com", "other.example"));

        assertThat(found)
                .singleElement()
                .asString()
                .startsWith("WARNING cert.name")
                .contains("does not cover other.example; it covers localhost, shop.example.com, 127.0.0.1");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "rw-------, ''",
        "rw-r-----, ''",
        "rw-r--r--, everybody may read",
        "rw-----w-, everybody may write",
        "rw-rw----, its group may write"
    })
    @Tag("CF-11")
    void keysThatOthersReachAreWorthAWarning(String permissions, String warning) throws IOException {
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));
        check(certificate, key, Instant.now());

        assertThat(found).hasSize(warning.isEmpty() ? 0 : 1).allMatch(line -> line.contains(warning));
    }

    private void check(Path certPath, Path keyPath, Instant now) {
        new CertificateCheck(new CredentialFiles(), this::add, "apps.shop.tls.", now)
                .check(
                        new AppTlsConfig(certPath, keyPath, null, TlsPolicy.DEFAULTS, null, null),
                        List.of("shop.example.com"));
    }

    private void add(
            dev.gatehouse.config.Problem.Severity severity,
            String code,
            String where,
            String message,
            @org.jspecify.annotations.Nullable String hint) {
        found.add(severity + " " + code + " " + where + ": " + message);
    }
}
