package dev.gatehouse.tls;

import dev.gatehouse.tls.PemBlocks.Block;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/// Reads certificates and private keys from PEM files.
///
/// Keys may be PKCS#8 (RFC 5958), PKCS#1 (RFC 8017 appendix A.1.2) or SEC1 (RFC 5915): RSA, ECDSA on P-256,
/// P-384 and P-521, and Ed25519. The objects are the JDK's own.
public final class PemFiles {
    private static final Pattern CLASS_NAMES = Pattern.compile("\\b(?:[a-z]\\w*\\.)+[A-Z][\\w$]*: ");
    private static final String NAMED_CURVE = "openssl ec -param_enc named_curve -in FILE -out FILE.pem";

    private PemFiles() {}

    /// The certificates of a file in its order, at least one.
    ///
    /// @throws PemException also when the file holds a private key, which does not belong where others may read
    public static List<X509Certificate> certificates(Path file) throws PemException {
        return certificates(file, PemBlocks.read(file), false);
    }

    /// @param withKey whether the file is meant to hold the key too
    static List<X509Certificate> certificates(Path file, List<Block> blocks, boolean withKey) throws PemException {
        var certificates = new ArrayList<X509Certificate>();
        for (Block block : blocks) {
            switch (block.label()) {
                case "CERTIFICATE", "X509 CERTIFICATE" -> certificates.add(certificate(file, block));
                case PemBlocks.TRUSTED ->
                    throw new PemException(
                            file,
                            "cert.bad_certificate",
                            "file '%s': %s is a certificate in OpenSSL's private form".formatted(file, block.where()),
                            "convert it: openssl x509 -in FILE -out FILE.pem");
                default -> {
                    if (block.label().endsWith("PRIVATE KEY") && !withKey) {
                        throw new PemException(
                                file,
                                "cert.key_in_certificate_file",
                                "file '%s': %s is a private key, where certificates belong"
                                        .formatted(file, block.where()),
                                "move the key to a file of its own, or name this file as the key file too");
                    }
                }
            }
        }
        if (certificates.isEmpty()) {
            boolean request = blocks.getFirst().label().endsWith("CERTIFICATE REQUEST");
            throw new PemException(
                    file,
                    "cert.no_certificate",
                    "file '%s' holds no certificate but '%s'"
                            .formatted(file, blocks.getFirst().label()),
                    request ? "that is a request: use the certificate that the authority made from it" : null);
        }
        return certificates;
    }

    private static X509CRL revocationList(Path file, String where, byte[] der) throws PemException {
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new PemException(
                    file,
                    "cert.bad_crl",
                    "file '%s': %s is not a revocation list: %s".formatted(file, where, oneLine(e)),
                    null);
        }
    }

    /// The revocation lists of a file, in PEM, at least one; or one in DER.
    public static List<X509CRL> revocationLists(Path file) throws PemException {
        byte[] bytes = PemBlocks.bytes(file);
        if (PemBlocks.isDer(bytes, true)) {
            return List.of(revocationList(file, "it", bytes)); // as authorities publish them (RFC 5280 §4.2.1.13)
        }
        var lists = new ArrayList<X509CRL>();
        for (Block block : PemBlocks.of(file, bytes)) {
            if (block.label().equals("X509 CRL")) {
                lists.add(revocationList(file, block.where(), block.der()));
            }
        }
        if (lists.isEmpty()) {
            throw new PemException(file, "cert.no_crl", "file '" + file + "' holds no revocation list", null);
        }
        return lists;
    }

    /// The private key of a file; certificates beside it are passed over.
    public static PrivateKey privateKey(Path file) throws PemException {
        return privateKey(file, PemBlocks.read(file));
    }

    static PrivateKey privateKey(Path file, List<Block> blocks) throws PemException {
        Block key = null;
        byte[] curve = null;
        for (Block block : blocks) {
            if (block.label().equals("EC PARAMETERS")) {
                curve = block.der();
            } else if (block.label().endsWith("PRIVATE KEY")) {
                if (key != null) {
                    throw new PemException(
                            file,
                            "cert.two_keys",
                            "file '%s' holds two private keys: %s and %s".formatted(file, key.where(), block.where()),
                            null);
                }
                key = block;
            }
        }
        if (key == null) {
            throw new PemException(file, "cert.no_key", "file '" + file + "' holds no private key", null);
        }
        if (key.encrypted() || key.label().equals("ENCRYPTED PRIVATE KEY")) {
            throw new PemException(
                    file,
                    "cert.key_encrypted",
                    "file '%s': %s is an encrypted key, and there is nobody to ask for its password"
                            .formatted(file, key.where()),
                    "decrypt it into a file that only the proxy can read: openssl pkey -in FILE -out FILE.pem");
        }
        return privateKey(file, key, curve);
    }

    private static X509Certificate certificate(Path file, Block block) throws PemException {
        try {
            var factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der()));
        } catch (CertificateException e) {
            if (hasExplicitCurve(block)) {
                throw new PemException(
                        file,
                        "cert.bad_certificate",
                        "file '%s': %s has a key whose curve is written out in numbers, which TLS does not allow"
                                .formatted(file, block.where()),
                        "have it made again for a key with a named curve (RFC 5480 §2.1.1): " + NAMED_CURVE);
            }
            throw new PemException(
                    file,
                    "cert.bad_certificate",
                    "file '%s': %s is not a certificate: %s".formatted(file, block.where(), oneLine(e)),
                    null);
        }
    }

    private static boolean hasExplicitCurve(Block block) {
        try {
            return isExplicitCurve(org.bouncycastle.asn1.x509.Certificate.getInstance(block.der())
                    .getSubjectPublicKeyInfo()
                    .getAlgorithm());
        } catch (RuntimeException _) {
            return false; // no certificate at all
        }
    }

    private static boolean isExplicitCurve(AlgorithmIdentifier key) {
        return key.getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
                && key.getParameters() instanceof ASN1Sequence;
    }

    private static PrivateKey privateKey(Path file, Block block, byte @Nullable [] curve) throws PemException {
        try {
            var info = switch (block.label()) {
                case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(block.der());
                case "RSA PRIVATE KEY" ->
                    new PrivateKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                            RSAPrivateKey.getInstance(block.der()));
                case "EC PRIVATE KEY" -> sec1(ECPrivateKey.getInstance(block.der()), curve);
                default -> throw unsupported(file, block, "a key in the form '" + block.label() + "'");
            };
            if (isExplicitCurve(info.getPrivateKeyAlgorithm())) {
                throw new PemException(
                        file,
                        "cert.key_unsupported",
                        "file '%s': %s is a key whose curve is written out in numbers, not named"
                                .formatted(file, block.where()),
                        "name it: " + NAMED_CURVE + "; the certificate must name it too");
            }
            String algorithm = algorithm(info);
            if (algorithm == null) {
                throw unsupported(file, block, "a key of a kind that is not supported");
            }
            // Written anew, without the attributes and public key that the JDK may not know (RFC 5958 version 2).
            var plain = new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), info.parsePrivateKey());
            var key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(plain.getEncoded()));
            if (key instanceof java.security.interfaces.ECPrivateKey its && !isOfItsCurve(its)) {
                throw new IOException("its number is not one of its curve");
            }
            return key;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // BouncyCastle's classes for ASN.1 meet surprises with all kinds of runtime exceptions.
            throw new PemException(
                    file,
                    "cert.bad_key",
                    "file '%s': %s is not a private key: %s".formatted(file, block.where(), oneLine(e)),
                    null);
        }
    }

    /// SEC 1 §3.2.1: from 1 to below the order. The JDK takes any number.
    private static boolean isOfItsCurve(java.security.interfaces.ECPrivateKey key) {
        return key.getS().signum() > 0 && key.getS().compareTo(key.getParams().getOrder()) < 0;
    }

    private static PrivateKeyInfo sec1(ECPrivateKey key, byte @Nullable [] curve) throws IOException {
        ASN1Encodable parameters = key.getParametersObject();
        if (parameters == null && curve != null) {
            parameters = ASN1Primitive.fromByteArray(curve);
        }
        if (parameters == null) {
            throw new IOException("it does not say its curve");
        }
        return new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters), key);
    }

    /// The JCA's name for the kind of key; null for one that is not supported.
    private static @Nullable String algorithm(PrivateKeyInfo info) {
        var kind = info.getPrivateKeyAlgorithm().getAlgorithm();
        if (kind.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return "RSA";
        }
        if (kind.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
            return "RSASSA-PSS";
        }
        if (kind.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return "Ed25519";
        }
        if (kind.equals(X9ObjectIdentifiers.id_ecPublicKey)
                && info.getPrivateKeyAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve
                && (curve.equals(SECObjectIdentifiers.secp256r1)
                        || curve.equals(SECObjectIdentifiers.secp384r1)
                        || curve.equals(SECObjectIdentifiers.secp521r1))) {
            return "EC";
        }
        return null;
    }

    private static PemException unsupported(Path file, Block block, String what) {
        boolean ssh = block.label().startsWith("OPENSSH");
        return new PemException(
                file,
                "cert.key_unsupported",
                "file '%s': %s is %s".formatted(file, block.where(), what),
                ssh
                        ? "a key for SSH is not one for TLS; convert a copy of it: ssh-keygen -p -m pem -f COPY"
                        : "use RSA, ECDSA on P-256, P-384 or P-521, or Ed25519");
    }

    /// The first line of a message, without the names of exception classes that stand before it where one wraps
    /// another.
    private static String oneLine(Exception e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : CLASS_NAMES.matcher(message.lines().findFirst().orElse("")).replaceAll("");
    }
}
