package dev.gatehouse.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The certificate that answers a tls-alpn-01 challenge (RFC 8737 §3).
public final class ChallengeCertificate {
    private static final ASN1ObjectIdentifier ACME_IDENTIFIER = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.31");
    private static final X500Name NOBODY = new X500Name("CN=acme.invalid");
    private static final Duration LIFETIME = Duration.ofDays(1);

    private ChallengeCertificate() {}

    /// A site that shows it.
    ///
    /// @param validation SHA-256 of the key authorization
    public static Site site(String name, byte[] validation) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var pair = generator.generateKeyPair();
            var now = Instant.now();
            var builder = new JcaX509v3CertificateBuilder(
                    NOBODY,
                    new BigInteger(127, new SecureRandom()),
                    Date.from(now.minus(LIFETIME)),
                    Date.from(now.plus(LIFETIME)),
                    NOBODY,
                    pair.getPublic());
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
            builder.addExtension(ACME_IDENTIFIER, true, new DEROctetString(validation));
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
            var certificate = new JcaX509CertificateConverter().getCertificate(builder.build(signer));
            return new Site(name, List.of(name), new Credentials(List.of(certificate), pair.getPrivate()));
        } catch (GeneralSecurityException | OperatorException | IOException e) {
            throw new IllegalStateException("cannot make a challenge certificate for " + name, e);
        }
    }
}
