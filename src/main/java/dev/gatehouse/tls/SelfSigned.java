package dev.gatehouse.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Makes certificates that nobody vouches for: for `demo` and for tests.
public final class SelfSigned {
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);
    private static final Duration LIFETIME = Duration.ofDays(30);

    private SelfSigned() {}

    /// An ECDSA P-256 certificate for `localhost`, both loopback addresses and these names, valid for 30 days.
    public static Credentials forLocalhost(List<String> names) {
        var all = new ArrayList<String>();
        all.add("localhost");
        all.addAll(names);
        all.add("127.0.0.1");
        all.add("::1");
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var now = Instant.now();
            return of(generator.generateKeyPair(), "SHA256withECDSA", all, now.minus(CLOCK_SKEW), now.plus(LIFETIME));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime makes no EC keys", e);
        }
    }

    /// @param signature JCA name of a signature that fits the key
    /// @param names of the subject: the first is the common name, all are alternative names, addresses as such
    static Credentials of(KeyPair pair, String signature, List<String> names, Instant from, Instant until) {
        var name = new X500NameBuilder().addRDN(BCStyle.CN, names.getFirst()).build();
        var serial = new BigInteger(127, new SecureRandom()).setBit(126);
        var builder = new JcaX509v3CertificateBuilder(
                name, serial, Date.from(from), Date.from(until), name, pair.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(Extension.subjectAlternativeName, false, alternatives(names));
            var signer = new JcaContentSignerBuilder(signature).build(pair.getPrivate());
            X509Certificate certificate = new JcaX509CertificateConverter().getCertificate(builder.build(signer));
            return new Credentials(List.of(certificate), pair.getPrivate());
        } catch (IOException | OperatorException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a certificate for " + names, e);
        }
    }

    /// Writes chain and key as PEM; the key file can be read by its owner only, from the first byte on.
    ///
    /// @throws IOException also when one of the files exists
    public static void write(Credentials credentials, Path certificateFile, Path keyFile) throws IOException {
        var chain = new StringBuilder();
        try {
            for (X509Certificate certificate : credentials.chain()) {
                chain.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        Files.writeString(certificateFile, chain, StandardOpenOption.CREATE_NEW);
        var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var channel = Files.newByteChannel(keyFile, options, ownerOnly)) {
            var bytes = StandardCharsets.US_ASCII.encode(
                    pem("PRIVATE KEY", credentials.key().getEncoded()));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    static String pem(String label, byte[] der) {
        var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    private static GeneralNames alternatives(List<String> names) {
        var alternatives = new ArrayList<GeneralName>();
        for (String name : names) {
            alternatives.add(new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name));
        }
        return new GeneralNames(alternatives.toArray(GeneralName[]::new));
    }

    private static boolean isAddress(String name) {
        try {
            InetAddress.ofLiteral(name);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
