package dev.gatehouse.tls;

import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;

/// The JDK's primitives, but for ECDSA signatures of a hash: [P256Signature].
final class FastSignatures extends DefaultJcaJceHelper {
    @Override
    public Signature createSignature(String algorithm) throws NoSuchAlgorithmException {
        return algorithm.equalsIgnoreCase("NoneWithECDSA") ? new P256Signature() : super.createSignature(algorithm);
    }
}
