package dev.gatehouse.tls;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;

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
        boolean oneFile = certificateFile
                .toAbsolutePath()
                .normalize()
                .equals(keyFile.toAbsolutePath().normalize());
        var chain = PemFiles.certificates(certificateFile, oneFile);
        var key = PemFiles.privateKey(keyFile);
        for (int i = 0; i < chain.size(); i++) {
            if (belongTogether(chain.get(i).getPublicKey(), key)) {
                if (i == 0) {
                    return new Credentials(chain, key);
                }
                throw new PemException(
                        "cert.order",
                        "file '%s': the certificate of the key '%s' is number %d, and must be the first"
                                .formatted(certificateFile, keyFile, i + 1),
                        "put the server's certificate first, then the one that signed it, and so on");
            }
        }
        throw new PemException(
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

    /// The certificate that the key belongs to.
    public X509Certificate leaf() {
        return chain.getFirst();
    }

    private static boolean belongTogether(PublicKey publicKey, PrivateKey key) {
        if (publicKey instanceof RSAPublicKey its && key instanceof RSAPrivateKey ours) {
            return its.getModulus().equals(ours.getModulus());
        }
        if (!publicKey.getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        try {
            var signature = Signature.getInstance(key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "Ed25519");
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false; // another curve
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
