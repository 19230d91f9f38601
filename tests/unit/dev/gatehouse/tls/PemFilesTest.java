package dev.gatehouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.gatehouse.support.TestPki;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PemFilesTest {
    private static final String NAME = "a.example";

    /// As `openssl ecparam -param_enc explicit` makes them.
    private static final String EXPLICIT_KEY = """
        -----BEGIN EC PRIVATE KEY-----
        MIIBaAIBAQQg1Mcfkysams0zMCRp6oN9vHzOfgHugGFI5YuNxEAvnWKggfowgfcC
        AQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAAAAAAAAAAAAAA////////////////
        MFsEIP////8AAAABAAAAAAAAAAAAAAAA///////////////8BCBaxjXYqjqT57Pr
        vVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSdNgiG5wSTamZ44ROdJreBn36QBEEE
        axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54W
        K84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA//////////+85vqtpxeehPO5ysL8
        YyVRAgEBoUQDQgAEEiFsbP7f4f9pUOIYLfVHXUuHJexzD8VK2MkfaSLGfauq+vdZ
        sj5v1uR1n8tC6+5n1eGE3JnsHMTn96RNGgCE8Q==
        -----END EC PRIVATE KEY-----
        """;

    private static final String EXPLICIT_CERTIFICATE = """
        -----BEGIN CERTIFICATE-----
        MIICejCCAiCgAwIBAgIUaXIkrOZykmk2GpW6IGIwTWrFO7EwCgYIKoZIzj0EAwIw
        DTELMAkGA1UEAwwCZXgwHhcNMjYxMTI4MTU1NjA3WhcNMjYxMjAxMTU1NjA3WjAN
        MQswCQYDVQQDDAJleDCCAUswggEDBgcqhkjOPQIBMIH3AgEBMCwGByqGSM49AQEC
        IQD/////AAAAAQAAAAAAAAAAAAAAAP///////////////zBbBCD/////AAAAAQAA
        AAAAAAAAAAAAAP///////////////AQgWsY12Ko6k+ez671VdpiGvGUdBrDMU7D2
        O848PifSYEsDFQDEnTYIhucEk2pmeOETnSa3gZ9+kARBBGsX0fLhLEJH+Lzm5WOk
        QPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/
        UfUCIQD/////AAAAAP//////////vOb6racXnoTzucrC/GMlUQIBAQNCAAQSIWxs
        /t/h/2lQ4hgt9UddS4cl7HMPxUrYyR9pIsZ9q6r691myPm/W5HWfy0Lr7mfV4YTc
        mewcxOf3pE0aAITxo2owaDAdBgNVHQ4EFgQUBQpMTT2q0vgqsq6kIWa49CAbPsIw
        HwYDVR0jBBgwFoAUBQpMTT2q0vgqsq6kIWa49CAbPsIwDwYDVR0TAQH/BAUwAwEB
        /zAVBgNVHREEDjAMggpleC5leGFtcGxlMAoGCCqGSM49BAMCA0gAMEUCIQCY4YlK
        LQJ5jfcK7ATh7SVrRUX9L0aKZFshd47dxEqwIgIgC8Eec/NOc1EEAu8eFljkumWc
        ZiTTITSZZTit1vRrcFE=
        -----END CERTIFICATE-----
        """;

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @Tag("CE-01")
    void everyKindOfKeyLoadsFromPkcs8(TestKeys kind) throws Exception {
        var credentials = kind.credentials(NAME);
        var certificate = file("cert.pem", pem(credentials));
        var key = file(
                "key.pem",
                SelfSigned.pem("PRIVATE KEY", kind.pair().getPrivate().getEncoded()));

        var loaded = Credentials.load(certificate, key);

        assertThat(loaded.leaf()).isEqualTo(credentials.leaf());
        assertThat(loaded.key()).isEqualTo(kind.pair().getPrivate());
    }

    @Test
    @Tag("CE-01")
    void anRsaKeyLoadsFromPkcs1() throws Exception {
        var key = file("key.pem", SelfSigned.pem("RSA PRIVATE KEY", inner(TestKeys.RSA)));

        assertThat(PemFiles.privateKey(key)).isEqualTo(TestKeys.RSA.pair().getPrivate());
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"P256", "P384", "P521"})
    @Tag("CE-01")
    void anEcKeyLoadsFromSec1(TestKeys kind) throws Exception {
        var certificate = file("cert.pem", pem(kind.credentials(NAME)));
        var key = file("key.pem", SelfSigned.pem("EC PRIVATE KEY", sec1(kind, true)));

        assertThat(Credentials.load(certificate, key).key()).isNotNull();
    }

    @Test
    void anEcKeyMaySayItsCurveInABlockBeforeIt() throws Exception {
        byte[] curve = PrivateKeyInfo.getInstance(
                        TestKeys.P384.pair().getPrivate().getEncoded())
                .getPrivateKeyAlgorithm()
                .getParameters()
                .toASN1Primitive()
                .getEncoded();
        var certificate = file("cert.pem", pem(TestKeys.P384.credentials(NAME)));
        var key = file(
                "key.pem",
                SelfSigned.pem("EC PARAMETERS", curve) + SelfSigned.pem("EC PRIVATE KEY", sec1(TestKeys.P384, false)));

        assertThat(Credentials.load(certificate, key).key()).isNotNull();
        assertThat(refusal(file("bare.pem", SelfSigned.pem("EC PRIVATE KEY", sec1(TestKeys.P384, false)))))
                .extracting(TlsProblem::message)
                .asString()
                .contains("does not say its curve");
    }

    @Test
    void aKeyMayCarryItsPublicKey() throws Exception {
        var pair = TestKeys.ED25519.pair();
        var info = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
        var publicBits = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded())
                .getPublicKeyData()
                .getOctets();
        var second = new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), info.parsePrivateKey(), null, publicBits);
        var key = file("key.pem", SelfSigned.pem("PRIVATE KEY", second.getEncoded()));

        assertThat(PemFiles.privateKey(key)).isEqualTo(pair.getPrivate());
    }

    @Test
    @Tag("CE-01")
    void textAroundTheBlocksIsAComment() throws Exception {
        var credentials = TestKeys.P256.credentials(NAME);
        var issuer = TestKeys.P384.credentials("issuer.example");
        var text = "\u00ef\u00bb\u00bf" + pem(credentials).replace("\n", "\r\n") + "subject=CN = a: b\n\n  "
                + pem(issuer).replace("\n", " \n  ") + "the end";

        assertThat(PemFiles.certificates(file("cert.pem", text))).containsExactly(credentials.leaf(), issuer.leaf());
    }

    @Test
    void oneFileMayHoldBothWhenItIsNamedTwice() throws Exception {
        var file = file("both.pem", pem(TestKeys.P256.credentials(NAME)) + key(TestKeys.P256));

        assertThat(Credentials.load(file, file).key())
                .isEqualTo(TestKeys.P256.pair().getPrivate());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @Tag("CE-01")
    void aBrokenCertificateFileIsExplained(String what, String code, String said, byte[] content) throws Exception {
        var problem = catchThrowableOfType(PemException.class, () -> PemFiles.certificates(file("cert.pem", content)))
                .problem();

        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.message()).contains("cert.pem'").contains(said).doesNotContain("\n");
    }

    static Stream<Arguments> aBrokenCertificateFileIsExplained() throws Exception {
        var credentials = TestKeys.P256.credentials(NAME);
        String good = pem(credentials);
        byte[] der = credentials.leaf().getEncoded();
        String base64 = good.lines().skip(1).findFirst().orElseThrow();
        String last = good.lines().skip(2).findFirst().orElseThrow();
        byte[] longer = java.util.Arrays.copyOf(der, der.length + 3);
        return Stream.of(
                arguments("nothing", "cert.empty", "is empty", ascii("")),
                arguments("blanks", "cert.empty", "is empty", ascii(" \n\t\n")),
                arguments("no block", "cert.not_pem", "holds no PEM block", ascii("hello")),
                arguments("UTF-16", "cert.not_pem", "UTF-16", good.getBytes(StandardCharsets.UTF_16)),
                arguments("DER", "cert.not_pem", "binary (DER)", der),
                arguments("PKCS#12", "cert.not_pem", "PKCS#12", pkcs12()),
                arguments("a key", "cert.key_in_certificate_file", "block 1 (line 1) is a private key", ascii(key())),
                arguments("a key behind", "cert.key_in_certificate_file", "block 2", ascii(good + key())),
                arguments(
                        "a request",
                        "cert.no_certificate",
                        "'CERTIFICATE REQUEST'",
                        ascii(SelfSigned.pem("CERTIFICATE REQUEST", der))),
                arguments(
                        "OpenSSL's form",
                        "cert.bad_certificate",
                        "OpenSSL",
                        ascii(SelfSigned.pem("TRUSTED CERTIFICATE", der))),
                arguments(
                        "OpenSSL's form with what it is trusted for",
                        "cert.bad_certificate",
                        "OpenSSL",
                        ascii(SelfSigned.pem("TRUSTED CERTIFICATE", longer))),
                arguments(
                        "a curve in numbers",
                        "cert.bad_certificate",
                        "curve is written out in numbers",
                        ascii(EXPLICIT_CERTIFICATE)),
                arguments(
                        "blocks in one line",
                        "cert.broken_block",
                        "block 1 (line 1) ends in line " + good.lines().count() + ", and the next block begins",
                        ascii(good.strip() + good)),
                arguments(
                        "no last line",
                        "cert.broken_block",
                        "block 2 (line " + (good.lines().count() + 1) + ") has no last line",
                        ascii(good + "-----BEGIN CERTIFICATE-----\n" + base64)),
                arguments(
                        "another last line",
                        "cert.broken_block",
                        "block 1 (line 1) ends with '-----END X-----'",
                        ascii(good.replace("-----END CERTIFICATE-----", "-----END X-----"))),
                arguments("a line lost", "cert.broken_block", "is cut short", ascii(good.replace(last, ""))),
                arguments("no base64", "cert.broken_block", "is not base64", ascii(good.replace(base64, "*" + base64))),
                arguments("text within", "cert.broken_block", "holds text in line 3", ascii(textWithin(good))),
                arguments(
                        "trailing bytes",
                        "cert.broken_block",
                        "3 bytes too many",
                        ascii(SelfSigned.pem("CERTIFICATE", longer))),
                arguments(
                        "an empty block",
                        "cert.broken_block",
                        "is empty",
                        ascii("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")),
                arguments(
                        "something else",
                        "cert.bad_certificate",
                        "block 1 (line 1) is not a certificate",
                        ascii(SelfSigned.pem(
                                "CERTIFICATE", TestKeys.RSA.pair().getPublic().getEncoded()))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @Tag("CE-01")
    void aBrokenKeyFileIsExplained(String what, String code, String said, String content) throws Exception {
        var problem = refusal(file("key.pem", content));

        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.message()).contains("key.pem'").contains(said).doesNotContain("java.", "Exception: ");
    }

    static Stream<Arguments> aBrokenKeyFileIsExplained() throws Exception {
        byte[] der = TestKeys.P256.pair().getPrivate().getEncoded();
        var dsa = java.security.KeyPairGenerator.getInstance("DSA").generateKeyPair();
        var ed448 = java.security.KeyPairGenerator.getInstance("Ed448").generateKeyPair();
        var order = CustomNamedCurves.getByName("P-256").getN();
        return Stream.of(
                arguments("only a certificate", "cert.no_key", "no private key", pem(TestKeys.P256.credentials(NAME))),
                arguments(
                        "PKCS#8 encrypted",
                        "cert.key_encrypted",
                        "block 1",
                        SelfSigned.pem("ENCRYPTED PRIVATE KEY", der)),
                arguments("PEM encrypted", "cert.key_encrypted", "block 1", """
                    -----BEGIN RSA PRIVATE KEY-----
                    Proc-Type: 4,ENCRYPTED
                    DEK-Info: AES-256-CBC,00

                    AAAA
                    -----END RSA PRIVATE KEY-----
                    """),
                arguments(
                        "a curve in numbers", "cert.key_unsupported", "curve is written out in numbers", EXPLICIT_KEY),
                arguments("two keys", "cert.two_keys", "block 2", key() + key()),
                arguments("SSH's form", "cert.key_unsupported", "OPENSSH", SelfSigned.pem("OPENSSH PRIVATE KEY", der)),
                arguments(
                        "DSA",
                        "cert.key_unsupported",
                        "kind",
                        SelfSigned.pem("PRIVATE KEY", dsa.getPrivate().getEncoded())),
                arguments(
                        "Ed448",
                        "cert.key_unsupported",
                        "kind",
                        SelfSigned.pem("PRIVATE KEY", ed448.getPrivate().getEncoded())),
                arguments("no key within", "cert.bad_key", "block 1", SelfSigned.pem("PRIVATE KEY", new byte[] {0x30, 0
                })),
                arguments("a PKCS#8 key as PKCS#1", "cert.bad_key", "block 1", SelfSigned.pem("RSA PRIVATE KEY", der)),
                arguments("a PKCS#8 key as SEC1", "cert.bad_key", "block 1", SelfSigned.pem("EC PRIVATE KEY", der)),
                arguments("the number 0", "cert.bad_key", "not one of its curve", p256(BigInteger.ZERO)),
                arguments("the order as the number", "cert.bad_key", "not one of its curve", p256(order)),
                arguments("a longer number", "cert.bad_key", "not one of its curve", p256(order.shiftLeft(40))));
    }

    @Test
    @Tag("CE-01")
    void revocationListsMayBeInDer() throws Exception {
        var pem = TestPki.create().writeCrlTo(directory);
        byte[] der = PemBlocks.read(pem).getFirst().der();

        assertThat(PemFiles.revocationLists(file("list.crl", der))).isEqualTo(PemFiles.revocationLists(pem));
    }

    @Test
    @Tag("CE-01")
    void theWayOutOfDerIsTheRightOne() throws Exception {
        var list = PemBlocks.read(TestPki.create().writeCrlTo(directory))
                .getFirst()
                .der();
        var certificate = TestKeys.P256.credentials(NAME).leaf().getEncoded();
        var key = TestKeys.P256.pair().getPrivate().getEncoded();

        assertThat(hint(list)).startsWith("convert it: openssl crl -inform der");
        assertThat(hint(certificate)).startsWith("convert it: openssl x509 -inform der");
        assertThat(hint(key)).startsWith("convert it: openssl pkey -inform der");
    }

    private @Nullable String hint(byte[] der) throws IOException {
        return refusal(file("some.der", der)).hint();
    }

    @Test
    @Tag("CE-01")
    void keysThatTlsCannotUseAreRefused() throws Exception {
        var made = MadeCertificate.of("CN=pss")
                .key("RSASSA-PSS", 2048)
                .restrictedTo("SHA-1")
                .signature("SHA256withRSAandMGF1")
                .selfSigned();
        var certificate =
                file("pss.crt", SelfSigned.pem("CERTIFICATE", made.certificate().getEncoded()));
        var key = file(
                "pss.key",
                SelfSigned.pem("PRIVATE KEY", made.keys().getPrivate().getEncoded()));

        assertThat(catchThrowableOfType(PemException.class, () -> Credentials.load(certificate, key))
                        .problem()
                        .code())
                .isEqualTo("cert.key_unsupported");
    }

    @Test
    @Tag("CE-01")
    void aFileThatIsNotThereOrADirectoryIsToldApart() {
        assertThat(refusal(directory.resolve("none.pem")).message()).endsWith("none.pem' cannot be read: no such file");
        assertThat(refusal(directory).message()).endsWith("cannot be read: it is a directory");
    }

    @Test
    @Tag("CE-01")
    void aKeyOfAnotherCertificateIsRefused() throws Exception {
        for (var kind : TestKeys.values()) {
            var certificate = file(kind + "-cert.pem", pem(kind.credentials(NAME)));
            for (var other : TestKeys.values()) {
                var pair = other == kind ? other.newPair() : other.pair();
                var key = file(
                        "key.pem",
                        SelfSigned.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));

                var problem = catchThrowableOfType(PemException.class, () -> Credentials.load(certificate, key))
                        .problem();

                assertThat(problem.code()).isEqualTo("cert.mismatch");
                assertThat(problem.message()).contains("key.pem'").contains("-cert.pem'");
            }
        }
    }

    @Test
    @Tag("CE-01")
    void aLeafThatIsNotTheFirstIsFound() throws Exception {
        var certificate = file(
                "cert.pem", pem(TestKeys.RSA.credentials("issuer.example")) + pem(TestKeys.P256.credentials(NAME)));
        var key = file("key.pem", key());

        var problem = catchThrowableOfType(PemException.class, () -> Credentials.load(certificate, key))
                .problem();

        assertThat(problem.code()).isEqualTo("cert.order");
        assertThat(problem.message()).contains("is number 2, and must be the first");
    }

    @Test
    void credentialsDoNotShowTheirKey() {
        assertThat(TestKeys.P256.credentials(NAME)).hasToString("Credentials[CN=a.example]");
    }

    private static TlsProblem refusal(Path file) {
        return catchThrowableOfType(PemException.class, () -> PemFiles.privateKey(file))
                .problem();
    }

    private Path file(String name, String content) throws IOException {
        return file(name, content.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String pem(Credentials credentials) throws GeneralSecurityException {
        return SelfSigned.pem("CERTIFICATE", credentials.leaf().getEncoded());
    }

    private static String key() {
        return key(TestKeys.P256);
    }

    private static String key(TestKeys kind) {
        return SelfSigned.pem("PRIVATE KEY", kind.pair().getPrivate().getEncoded());
    }

    private static String textWithin(String pem) {
        int second = pem.indexOf('\n', pem.indexOf('\n') + 1) + 1;
        return pem.substring(0, second) + "Subject: CN=a\n" + pem.substring(second);
    }

    /// The key as it is inside PKCS#8: for RSA that is PKCS#1.
    private static byte[] inner(TestKeys kind) throws IOException {
        return PrivateKeyInfo.getInstance(kind.pair().getPrivate().getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
    }

    /// As OpenSSL writes it: with the curve and the public key.
    /// A key with this number, whatever that is.
    private static String p256(BigInteger number) throws IOException {
        int bits = Math.max(256, number.bitLength());
        return SelfSigned.pem(
                "EC PRIVATE KEY", new ECPrivateKey(bits, number, SECObjectIdentifiers.secp256r1).getEncoded());
    }

    private static byte[] sec1(TestKeys kind, boolean withCurve) throws IOException {
        var info = PrivateKeyInfo.getInstance(kind.pair().getPrivate().getEncoded());
        var curve = (ASN1ObjectIdentifier) info.getPrivateKeyAlgorithm().getParameters();
        var bits = SubjectPublicKeyInfo.getInstance(kind.pair().getPublic().getEncoded())
                .getPublicKeyData();
        int size = switch (kind) {
            case P256 -> 256;
            case P384 -> 384;
            default -> 521;
        };
        var secret = ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
        return new ECPrivateKey(size, secret, new DERBitString(bits.getBytes()), withCurve ? curve : null).getEncoded();
    }

    private static byte[] pkcs12() throws Exception {
        var store = java.security.KeyStore.getInstance("PKCS12");
        store.load(null, null);
        var credentials = TestKeys.P256.credentials(NAME);
        store.setKeyEntry(
                "a", credentials.key(), new char[] {'x'}, new java.security.cert.Certificate[] {credentials.leaf()});
        var out = new java.io.ByteArrayOutputStream();
        store.store(out, new char[] {'x'});
        return out.toByteArray();
    }
}
