package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gatehouse.config.ClientAuthConfig;
import dev.gatehouse.http.ClientIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("TL-08")
class ClientTrustTest {
    private static final String OK = "ok";
    private static final MadeCertificate CA =
            MadeCertificate.of("CN=Test CA").authority().selfSigned();

    @TempDir
    Path directory;

    // ---- subjects

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"alice", "ALICE", " alice", "alice  "})
    void caseAndBlanksDoNotCount(String name) throws Exception {
        assertThat(listed(new DERUTF8String(name))).isEqualTo(OK);
    }

    static Stream<Arguments> others() {
        return Stream.of(
                        "alice\0",
                        "alice\0\0",
                        "\u0001alice",
                        "alice\u001f",
                        "alice\u007f",
                        "alice\u0085",
                        "\u00aalice", // feminine ordinal indicator
                        "\u24d0lice", // circled a
                        "al\u0131ce", // dotless i
                        "\uff41\uff4c\uff49\uff43\uff45", // full-width
                        "al\u0456ce", // Cyrillic
                        "\u00a0alice", // no-break space
                        "ali\u200bce", // zero width space
                        "al\u00adice", // soft hyphen
                        "al\u0130ce",
                        "\talice",
                        "a lice",
                        "alice,O=x",
                        "#616c696365")
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("others")
    void whatOnlyLooksAlikeIsAnother(String name) throws Exception {
        var control = name.chars().anyMatch(Character::isISOControl);

        assertThat(listed(new DERUTF8String(name))).isEqualTo(control ? "mtls.chain" : "mtls.not_allowed");
    }

    @Test
    void theKindOfStringDoesNotCountButWhatItSays() throws Exception {
        assertThat(listed(new DERPrintableString("alice"))).isEqualTo(OK);
        assertThat(listed(new DERBMPString("Alice"))).isEqualTo(OK);
        assertThat(listed(new DERT61String("alice"))).isEqualTo(OK);
        assertThat(listed(new DERT61String("alic\u00e9"))).isEqualTo("mtls.not_allowed");
        assertThat(listed(new DEROctetString("alice".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo("mtls.not_allowed");
    }

    @Test
    void bytesThatAreNotInTheirEncodingAreRefused() throws Exception {
        var broken = ASN1Primitive.fromByteArray(HexFormat.of().parseHex("0c03ff6162"));

        assertThat(listed(broken)).isEqualTo("mtls.chain");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
        CN=alice,O=Example | CN=alice,O=Example  | ok
        CN=alice,O=Example | cn=Alice, o=example | ok
        CN=alice,O=Example | O=Example,CN=alice  | mtls.not_allowed
        CN=alice,O=Example | CN=alice            | mtls.not_allowed
        CN=alice           | CN=alice,CN=bob     | mtls.not_allowed
        CN=alice           | CN=bob,CN=alice     | mtls.not_allowed
        CN=alice           | OU=alice            | mtls.not_allowed
        CN=alice+OU=x      | OU=x+CN=alice       | ok
        CN=alice+OU=x      | OU=x,CN=alice       | mtls.not_allowed
        """)
    void theWholeSubjectCounts(String listed, String subject, String outcome) throws Exception {
        // In the order of the text: BouncyCastle writes the first RDN first, RFC 4514 the last.
        var leaf = MadeCertificate.of(X500Name.getInstance(new X500Principal(subject).getEncoded()))
                .by(CA);

        assertThat(outcome(trust(CA.certificate(), false, List.of(listed), List.of()), leaf))
                .isEqualTo(outcome);
    }

    private String listed(ASN1Encodable commonName) throws Exception {
        var leaf = MadeCertificate.of(
                        new X500NameBuilder().addRDN(BCStyle.CN, commonName).build())
                .by(CA);
        return outcome(trust(CA.certificate(), false, List.of("CN=alice"), List.of()), leaf);
    }

    // ---- alternative names

    static Stream<Arguments> alternatives() {
        return Stream.of(
                Arguments.of(GeneralName.dNSName, "41.example", "dns:41.example"),
                Arguments.of(GeneralName.dNSName, "A.Example", "dns:a.example"),
                Arguments.of(GeneralName.dNSName, "*.a.example", "dns:*.a.example"),
                Arguments.of(GeneralName.dNSName, "a.example\0.evil", null),
                Arguments.of(GeneralName.dNSName, "a example", null),
                Arguments.of(GeneralName.dNSName, "", null),
                Arguments.of(GeneralName.dNSName, "\u00e9.example", null),
                Arguments.of(GeneralName.rfc822Name, "A@b.example", "email:A@b.example"),
                Arguments.of(GeneralName.rfc822Name, "\"a b\"@b.example", "email:\"a b\"@b.example"),
                Arguments.of(GeneralName.rfc822Name, "a@b.example\r\nX: y", null),
                Arguments.of(GeneralName.uniformResourceIdentifier, "spiffe://a/b", "uri:spiffe://a/b"),
                Arguments.of(GeneralName.uniformResourceIdentifier, "spiffe://a b", null),
                Arguments.of(GeneralName.uniformResourceIdentifier, "spiffe://a/\r\nX-Evil: 1", null),
                Arguments.of(GeneralName.uniformResourceIdentifier, "spiffe://\u00e9/", null));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("alternatives")
    void alternativeNamesAreReadOnce(int type, String value, @Nullable String name) throws Exception {
        named(new GeneralName(type, new DERIA5String(value)), name);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "0a000007, ip:10.0.0.7",
        "20010db8000000000000000000000001, ip:2001:db8::1",
        "00000000000000000000ffff0a000007, ip:::ffff:a00:7",
        "0a00000700,",
        "0a000007ffffff00,",
        "'',",
    })
    void addressesHaveFourOrSixteenBytes(String hex, @Nullable String name) throws Exception {
        named(
                new GeneralName(
                        GeneralName.iPAddress, new DEROctetString(HexFormat.of().parseHex(hex))),
                name);
    }

    @Test
    void namesOfOtherKindsAreNotPassedOnButMayNotHoldControlCharacters() throws Exception {
        named(new GeneralName(GeneralName.directoryName, new X500Name("CN=a")), "");
        named(
                new GeneralName(
                        GeneralName.directoryName,
                        new X500NameBuilder()
                                .addRDN(BCStyle.CN, new DERUTF8String("a\0"))
                                .build()),
                null);
        named(new GeneralName(GeneralName.otherName, principal("a@b")), "");
        named(new GeneralName(GeneralName.otherName, principal("a@b\r\n")), null);
    }

    /// As Windows writes a user's name.
    private static ASN1Encodable principal(String name) {
        return new DERSequence(new ASN1Encodable[] {
            new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), new DERTaggedObject(true, 0, new DERUTF8String(name))
        });
    }

    private void named(GeneralName alternative, @Nullable String name) throws Exception {
        var leaf = MadeCertificate.of("CN=alice")
                .with(Extension.subjectAlternativeName, new GeneralNames(alternative))
                .by(CA);
        var trust = trust(CA.certificate(), false, List.of(), List.of());
        if (name == null) {
            assertThat(outcome(trust, leaf)).isEqualTo("mtls.chain");
        } else {
            assertThat(verify(trust, leaf).names()).isEqualTo(name.isEmpty() ? List.of() : List.of(name));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "dns:*.b.example, a.b.example, ok",
        "dns:*.b.example, a.a.b.example, mtls.not_allowed",
        "dns:*.b.example, b.example, mtls.not_allowed",
        "dns:a.b.example, A.B.example, ok",
        "uri:a.b.example, a.b.example, mtls.not_allowed"
    })
    void listedNamesAreComparedWithTheirType(String listed, String name, String outcome) throws Exception {
        var leaf = MadeCertificate.of("CN=alice")
                .with(Extension.subjectAlternativeName, new GeneralNames(new GeneralName(GeneralName.dNSName, name)))
                .by(CA);

        assertThat(outcome(trust(CA.certificate(), false, List.of(), List.of(listed)), leaf))
                .isEqualTo(outcome);
    }

    // ---- anchors

    @Test
    void anAnchorThatIsNoAuthorityVouchesForItselfOnly() throws Exception {
        var pinned = MadeCertificate.of("CN=pinned").noAuthority().selfSigned();
        var bare =
                MadeCertificate.of("CN=pinned").usage(KeyUsage.digitalSignature).selfSigned();
        var encrypts = MadeCertificate.of("CN=pinned")
                .authority()
                .usage(KeyUsage.digitalSignature)
                .selfSigned();
        for (var anchor : List.of(pinned, bare, encrypts)) {
            var trust = trust(anchor.certificate(), false, List.of(), List.of());

            assertThat(outcome(trust, anchor)).isEqualTo(OK);
            assertThat(outcome(trust, MadeCertificate.of("CN=admin").by(anchor)))
                    .isEqualTo("mtls.chain");
        }
    }

    @Test
    void aCertificateOfSomebodyElseMayBePinned() throws Exception {
        var pinned = MadeCertificate.of("CN=alice").noAuthority().by(CA);
        var trust = trust(pinned.certificate(), false, List.of(), List.of());

        assertThat(verify(trust, pinned).path()).containsExactly(pinned.certificate());
        assertThat(outcome(trust, MadeCertificate.of("CN=alice").by(CA))).isEqualTo("mtls.unknown_ca");
        assertThat(outcome(trust(pinned.certificate(), false, List.of("CN=bob"), List.of()), pinned))
                .isEqualTo("mtls.not_allowed");
        var old = MadeCertificate.of("CN=alice").expired().by(CA);
        assertThat(outcome(trust(old.certificate(), false, List.of(), List.of()), old))
                .isEqualTo("mtls.expired");
    }

    @Test
    void whatAnAnchorSaysOfItselfCounts() throws Exception {
        var last = MadeCertificate.of("CN=Last").authority(0).selfSigned();
        var below = MadeCertificate.of("CN=Below").authority().by(last);
        assertThat(outcome(trust(last), MadeCertificate.of("CN=a").by(last))).isEqualTo(OK);
        assertThat(outcome(trust(last), MadeCertificate.of("CN=a").by(below), below))
                .isEqualTo("mtls.chain");

        var constrained = MadeCertificate.of("CN=Constrained")
                .authority()
                .with(
                        Extension.nameConstraints,
                        new NameConstraints(
                                new GeneralSubtree[] {
                                    new GeneralSubtree(new GeneralName(GeneralName.dNSName, "example.com"))
                                },
                                null))
                .selfSigned();
        assertThat(outcome(trust(constrained), leafFor("a.example.com", constrained)))
                .isEqualTo(OK);
        assertThat(outcome(trust(constrained), leafFor("a.example.org", constrained)))
                .isEqualTo("mtls.chain");
    }

    private static MadeCertificate leafFor(String name, MadeCertificate issuer) {
        return MadeCertificate.of("CN=x")
                .with(Extension.subjectAlternativeName, new GeneralNames(new GeneralName(GeneralName.dNSName, name)))
                .by(issuer);
    }

    // ---- purpose and strength

    @Test
    void purposesNest() throws Exception {
        for (var purpose : List.of(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.anyExtendedKeyUsage)) {
            var between = MadeCertificate.of("CN=Between")
                    .authority()
                    .purpose(purpose)
                    .by(CA);
            assertThat(outcome(trust(CA), MadeCertificate.of("CN=a").by(between), between))
                    .isEqualTo(OK);
        }
        var servers = MadeCertificate.of("CN=Servers")
                .authority()
                .purpose(KeyPurposeId.id_kp_serverAuth)
                .by(CA);
        var leaf = MadeCertificate.of("CN=a")
                .purpose(KeyPurposeId.id_kp_clientAuth)
                .by(servers);

        assertThat(outcome(trust(CA), leaf, servers)).isEqualTo("mtls.bad_purpose");
        assertThat(outcome(trust(servers), leaf)).isEqualTo("mtls.bad_purpose");
    }

    @Test
    void weakKeysAndSignaturesAreRefusedUnlessAllowed() throws Exception {
        var small = MadeCertificate.of("CN=a").key("RSA", 1024).by(CA);
        var sha1 = MadeCertificate.of("CN=a").signature("SHA1withECDSA").by(CA);
        var smallCa = MadeCertificate.of("CN=Small")
                .authority()
                .key("RSA", 1024)
                .signature("SHA256withRSA")
                .selfSigned();
        var ofSmall = MadeCertificate.of("CN=a").signature("SHA256withRSA").by(smallCa);
        var pss = MadeCertificate.of("CN=Pss")
                .authority()
                .key("RSA", 2048)
                .signature("SHA1withRSAandMGF1")
                .selfSigned();
        var ofPss = MadeCertificate.of("CN=a").signature("SHA1withRSAandMGF1").by(pss);
        for (var row : List.of(List.of(CA, small), List.of(CA, sha1), List.of(smallCa, ofSmall), List.of(pss, ofPss))) {
            var anchor = row.getFirst().certificate();
            assertThat(outcome(trust(anchor, false, List.of(), List.of()), row.get(1)))
                    .isEqualTo("mtls.weak");
            assertThat(outcome(trust(anchor, true, List.of(), List.of()), row.get(1)))
                    .isEqualTo(OK);
        }
        // A root's own signature says nothing.
        var root = MadeCertificate.of("CN=Old")
                .authority()
                .signature("SHA1withECDSA")
                .selfSigned();
        assertThat(outcome(trust(root), MadeCertificate.of("CN=a").by(root))).isEqualTo(OK);
    }

    // ---- how

    private ClientTrust trust(MadeCertificate anchor) throws Exception {
        return trust(anchor.certificate(), false, List.of(), List.of());
    }

    private ClientTrust trust(X509Certificate anchor, boolean weak, List<String> subjects, List<String> sans)
            throws IOException, GeneralSecurityException, PemException {
        var file = Files.writeString(directory.resolve("ca.pem"), SelfSigned.pem("CERTIFICATE", anchor.getEncoded()));
        return ClientTrust.load(new ClientAuthConfig(file, true, null, subjects, sans, weak, false));
    }

    private static ClientIdentity verify(ClientTrust trust, MadeCertificate... shown) throws ClientRefusal {
        return trust.verify(Stream.of(shown).map(MadeCertificate::certificate).toArray(X509Certificate[]::new), null);
    }

    private static String outcome(ClientTrust trust, MadeCertificate... shown) {
        var refusal = catchThrowableOfType(ClientRefusal.class, () -> verify(trust, shown));
        return refusal == null ? OK : refusal.kind().token;
    }
}
