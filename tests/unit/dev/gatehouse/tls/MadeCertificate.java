package dev.gatehouse.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// A certificate of any form, with its key, which may sign others whether it is allowed to or not.
record MadeCertificate(X509Certificate certificate, KeyPair keys) {
    private static final SecureRandom RANDOM = new SecureRandom();

    static Recipe of(String subject) {
        return of(new X500Name(subject));
    }

    static Recipe of(X500Name subject) {
        return new Recipe(subject);
    }

    /// What it is made of: by itself, an ECDSA key of its own, signed by itself, without any extension.
    static final class Recipe {
        private final X500Name subject;
        private final Map<ASN1ObjectIdentifier, ASN1Encodable> extensions = new LinkedHashMap<>();
        private String algorithm = "EC";
        private int bits = 256;
        private @Nullable String hash;
        private String signature = "SHA256withECDSA";
        private Duration lifetime = Duration.ofDays(2);

        private Recipe(X500Name subject) {
            this.subject = subject;
        }

        Recipe with(ASN1ObjectIdentifier type, ASN1Encodable value) {
            extensions.put(type, value);
            return this;
        }

        Recipe authority() {
            return with(Extension.basicConstraints, new BasicConstraints(true));
        }

        Recipe authority(int length) {
            return with(Extension.basicConstraints, new BasicConstraints(length));
        }

        Recipe noAuthority() {
            return with(Extension.basicConstraints, new BasicConstraints(false));
        }

        Recipe purpose(KeyPurposeId purpose) {
            return with(Extension.extendedKeyUsage, new ExtendedKeyUsage(purpose));
        }

        Recipe usage(int usage) {
            return with(Extension.keyUsage, new KeyUsage(usage));
        }

        Recipe key(String itsAlgorithm, int itsBits) {
            algorithm = itsAlgorithm;
            bits = itsBits;
            return this;
        }

        Recipe signature(String itsAlgorithm) {
            signature = itsAlgorithm;
            return this;
        }

        /// An RSA-PSS key that may be used with this hash only.
        Recipe restrictedTo(String itsHash) {
            hash = itsHash;
            return this;
        }

        Recipe expired() {
            lifetime = Duration.ofHours(1);
            return this;
        }

        MadeCertificate selfSigned() {
            return make(null);
        }

        MadeCertificate by(MadeCertificate issuer) {
            return make(issuer);
        }

        private MadeCertificate make(@Nullable MadeCertificate issuer) {
            try {
                var generator = KeyPairGenerator.getInstance(algorithm);
                if (hash == null) {
                    generator.initialize(bits);
                } else {
                    int salt = MessageDigest.getInstance(hash).getDigestLength();
                    generator.initialize(new RSAKeyGenParameterSpec(
                            bits,
                            RSAKeyGenParameterSpec.F4,
                            new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1)));
                }
                var pair = generator.generateKeyPair();
                var from = Instant.now().minus(Duration.ofHours(24));
                var builder = new JcaX509v3CertificateBuilder(
                        issuer == null
                                ? subject
                                : X500Name.getInstance(issuer.certificate
                                        .getSubjectX500Principal()
                                        .getEncoded()),
                        new BigInteger(64, RANDOM),
                        Date.from(from),
                        Date.from(from.plus(lifetime)),
                        subject,
                        pair.getPublic());
                for (var extension : extensions.entrySet()) {
                    builder.addExtension(extension.getKey(), false, extension.getValue());
                }
                var signer = (issuer == null ? pair : issuer.keys).getPrivate();
                var content = new JcaContentSignerBuilder(signature);
                if (signature.endsWith("MGF1")) {
                    content.setProvider(new BouncyCastleProvider());
                }
                return new MadeCertificate(
                        new JcaX509CertificateConverter().getCertificate(builder.build(content.build(signer))), pair);
            } catch (GeneralSecurityException | CertIOException | OperatorCreationException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
