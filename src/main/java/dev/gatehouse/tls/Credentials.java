package dev.gatehouse.tls;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECPoint;
import java.util.List;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/// A certificate chain and the private key of its first certificate.
///
/// @param chain leaf first, at least one
/// @param key RSA, EC (P-256, P-384, P-521) or Ed25519
public record Credentials(List<X509Certificate> chain, PrivateKey key) {
    private static final byte[] PROBE = "gatehouse".getBytes(StandardCharsets.US_ASCII);

    public Credentials {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a certificate chain cannot be empty");
        }
    }

    /// Reads chain and key from PEM files, which may be one and the same, and makes sure that they belong together.
    ///
    /// @throws PemException with the file and block that is wrong
    public static Credentials load(Path certificateFile, Path keyFile) throws PemException {
        return of(certificateFile, PemBlocks.bytes(certificateFile), keyFile, PemBlocks.bytes(keyFile));
    }

    /// The same of what was read already.
    static Credentials of(Path certificateFile, byte[] certificates, Path keyFile, byte[] keys) throws PemException {
        boolean oneFile = certificateFile
                .toAbsolutePath()
                .normalize()
                .equals(keyFile.toAbsolutePath().normalize());
        var chain = PemFiles.certificates(certificateFile, PemBlocks.of(certificateFile, certificates), oneFile);
        var key = PemFiles.privateKey(keyFile, PemBlocks.of(keyFile, keys));
        for (int i = 0; i < chain.size(); i++) {
            if (belongTogether(chain.get(i).getPublicKey(), key)) {
                if (i == 0) {
                    usable(certificateFile, chain.getFirst());
                    return new Credentials(chain, key);
                }
                throw new PemException(
                        certificateFile,
                        "cert.order",
                        "file '%s': the certificate of the key '%s' is number %d, and must be the first"
                                .formatted(certificateFile, keyFile, i + 1),
                        "put the server's certificate first, then the one that signed it, and so on");
            }
        }
        throw new PemException(
                keyFile,
                "cert.mismatch",
                "the key in '%s' (%s) does not belong to the certificate in '%s' (%s, %s)"
                        .formatted(
                                keyFile,
                                key.getAlgorithm(),
                                certificateFile,
                                chain.getFirst().getPublicKey().getAlgorithm(),
                                chain.getFirst().getSubjectX500Principal()),
                "after a renewal, replace both files");
    }

    private static void usable(Path file, X509Certificate leaf) throws PemException {
        try {
            var _ = KeyKind.of(leaf.getPublicKey());
        } catch (IllegalArgumentException unusable) {
            throw new PemException(
                    file,
                    "cert.key_unsupported",
                    "file '%s': TLS has no use for the certificate's key: %s".formatted(file, unusable.getMessage()),
                    "use RSA, ECDSA on P-256, P-384 or P-521, or Ed25519");
        }
    }

    /// The certificate that the key belongs to.
    public X509Certificate leaf() {
        return chain.getFirst();
    }

    private static boolean belongTogether(PublicKey publicKey, PrivateKey key) {
        return switch (key) {
            case RSAPrivateKey ours ->
                publicKey instanceof RSAPublicKey its && its.getModulus().equals(ours.getModulus());
            case ECPrivateKey ours ->
                publicKey instanceof ECPublicKey its
                        && its.getParams().getCurve().equals(ours.getParams().getCurve())
                        && its.getW().equals(point(ours));
            default -> publicKey.getAlgorithm().equals(key.getAlgorithm()) && verifies(publicKey, key);
        };
    }

    /// The public half of a key. Several times cheaper than a signature and its verification.
    private static ECPoint point(ECPrivateKey key) {
        var curve =
                CustomNamedCurves.getByName("P-" + key.getParams().getOrder().bitLength());
        var point = new FixedPointCombMultiplier()
                .multiply(curve.getG(), key.getS())
                .normalize();
        return new ECPoint(
                point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
    }

    private static boolean verifies(PublicKey publicKey, PrivateKey key) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /// Key and chain as PEM in one text, the key first.
    public String pem() {
        var text = new StringBuilder(SelfSigned.pem("PRIVATE KEY", key.getEncoded()));
        try {
            for (X509Certificate certificate : chain) {
                text.append(SelfSigned.pem("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    /// Without the key: records end up in logs.
    @Override
    public String toString() {
        return "Credentials[" + leaf().getSubjectX500Principal() + "]";
    }
}
