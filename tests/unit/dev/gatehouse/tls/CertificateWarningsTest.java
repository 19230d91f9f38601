package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateWarningsTest {
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

    @Test
    void aPublicCertificateWithoutItsIntermediateIsTold() throws Exception {
        var pair = TestKeys.P256.pair();
        var builder = new JcaX509v3CertificateBuilder(
                new X500Name("CN=Intermediate"),
                BigInteger.ONE,
                Date.from(now.minusSeconds(60)),
                Date.from(now.plusSeconds(60)),
                new X500Name("CN=a.example"),
                pair.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, "a.example")));
        builder.addExtension(
                Extension.authorityInfoAccess,
                false,
                new AuthorityInformationAccess(
                        AccessDescription.id_ad_caIssuers,
                        new GeneralName(GeneralName.uniformResourceIdentifier, "http://ca.example/i.crt")));
        var leaf = new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));

        assertThat(check(new Credentials(List.of(leaf), pair.getPrivate()), now, "a.example"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("cert.chain");
                    assertThat(problem.message()).contains("without the certificate of 'CN=Intermediate'");
                    assertThat(problem.hint()).contains("fullchain.pem");
                });
    }

    @Test
    void anIntermediateOfAPrivateAuthorityIsMissedByItsNameOrItsIssuer() {
        var root = MadeCertificate.of("CN=Home CA").authority().selfSigned();
        var between = MadeCertificate.of("CN=Home Intermediate CA").authority().by(root);
        var unnamed = MadeCertificate.of("CN=Home 2").authority().by(root);
        var issuer = new GeneralNames(new GeneralName(new X500Name("CN=Home CA")));

        assertThat(check(server(), between)).containsExactly("cert.chain");
        assertThat(check(server(), between, between)).isEmpty();
        assertThat(check(
                        server().with(
                                        Extension.authorityKeyIdentifier,
                                        new AuthorityKeyIdentifier(issuer, BigInteger.ONE)),
                        unnamed))
                .containsExactly("cert.chain");
        // One that a root signed may stand alone, whatever the root is called.
        assertThat(check(
                        server().with(
                                        Extension.authorityKeyIdentifier,
                                        new AuthorityKeyIdentifier(issuer, BigInteger.ONE)),
                        root))
                .isEmpty();
        assertThat(check(server(), unnamed)).isEmpty();
    }

    @Test
    void aCertificateThatIsNotForServersIsTold() {
        var root = MadeCertificate.of("CN=Home CA").authority().selfSigned();

        assertThat(check(server().purpose(KeyPurposeId.id_kp_clientAuth), root)).containsExactly("cert.purpose");
        assertThat(check(server().usage(KeyUsage.keyEncipherment), root)).containsExactly("cert.purpose");
        assertThat(check(server().purpose(KeyPurposeId.anyExtendedKeyUsage), root))
                .isEmpty();
    }

    private static MadeCertificate.Recipe server() {
        return MadeCertificate.of("CN=a.example")
                .with(
                        Extension.subjectAlternativeName,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, "a.example")));
    }

    private List<String> check(MadeCertificate.Recipe leaf, MadeCertificate issuer, MadeCertificate... behind) {
        var made = leaf.by(issuer);
        var chain = new ArrayList<>(List.of(made.certificate()));
        for (var each : behind) {
            chain.add(each.certificate());
        }
        return codes(check(new Credentials(chain, made.keys().getPrivate()), now, "a.example"));
    }

    @Test
    void whatWeMakeOurselvesLoadsWithoutAWarning() throws Exception {
        var certificate = directory.resolve("cert.pem");
        var key = directory.resolve("key.pem");
        SelfSigned.write(SelfSigned.forLocalhost(List.of("demo.example")), certificate, key);

        var loaded = Credentials.load(certificate, key);

        assertThat(check(loaded, now, "localhost", "demo.example")).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(loaded.leaf().getSubjectAlternativeNames()).hasSize(4);
    }

    private static List<TlsProblem> check(Credentials credentials, Instant now, String... names) {
        return CertificateWarnings.of(credentials, FILE, List.of(names), now);
    }

    private static List<String> codes(List<TlsProblem> problems) {
        return problems.stream().map(TlsProblem::code).toList();
    }
}
