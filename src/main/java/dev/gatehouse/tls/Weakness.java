package dev.gatehouse.tls;

import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.util.Locale;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.jspecify.annotations.Nullable;

/// What nobody should rely on any more in a certificate.
final class Weakness {
    private static final int MIN_RSA_BITS = 2048;

    private Weakness() {}

    /// `an RSA key of 1024 bits`; null for a key that is strong enough.
    static @Nullable String ofKey(X509Certificate certificate) {
        return certificate.getPublicKey() instanceof RSAPublicKey rsa
                        && rsa.getModulus().bitLength() < MIN_RSA_BITS
                ? "an RSA key of " + rsa.getModulus().bitLength() + " bits"
                : null;
    }

    /// The signature's algorithm where it is weak, as Java calls it; null where it is not.
    static @Nullable String ofSignature(X509Certificate certificate) {
        var name = certificate.getSigAlgName();
        var upper = name.toUpperCase(Locale.ROOT);
        if (upper.startsWith("SHA1") || upper.startsWith("MD")) {
            return name;
        }
        return upper.startsWith("RSASSA-PSS") && hashesWithSha1(certificate.getSigAlgParams()) ? "SHA1 " + name : null;
    }

    /// RFC 4055 §3.1: the hash that is meant where none is named.
    private static boolean hashesWithSha1(byte @Nullable [] parameters) {
        try {
            return parameters == null
                    || RSASSAPSSparams.getInstance(parameters)
                            .getHashAlgorithm()
                            .getAlgorithm()
                            .equals(OIWObjectIdentifiers.idSHA1);
        } catch (RuntimeException _) {
            return true; // not of the right form
        }
    }
}
