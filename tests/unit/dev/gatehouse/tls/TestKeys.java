package dev.gatehouse.tls;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The kinds of key that certificates have, each made once.
enum TestKeys {
    RSA("RSA", "", "SHA256withRSA"),
    P256("EC", "secp256r1", "SHA256withECDSA"),
    P384("EC", "secp384r1", "SHA384withECDSA"),
    P521("EC", "secp521r1", "SHA512withECDSA"),
    ED25519("Ed25519", "", "Ed25519");

    private static final Map<TestKeys, KeyPair> PAIRS = new ConcurrentHashMap<>();

    private final String algorithm;
    private final String curve;
    private final String signature;

    TestKeys(String algorithm, String curve, String signature) {
        this.algorithm = algorithm;
        this.curve = curve;
        this.signature = signature;
    }

    KeyPair pair() {
        return PAIRS.computeIfAbsent(this, TestKeys::newPair);
    }

    KeyPair newPair() {
        try {
            var generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("RSA")) {
                generator.initialize(2048);
            } else if (!curve.isEmpty()) {
                generator.initialize(new ECGenParameterSpec(curve));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String signature() {
        return signature;
    }

    /// A self-signed certificate that is valid now.
    Credentials credentials(String... names) {
        var now = Instant.now();
        return SelfSigned.of(pair(), signature, List.of(names), now.minusSeconds(60), now.plusSeconds(86_400));
    }

    Site site(String... names) {
        return new Site(names[0], List.of(names), credentials(names));
    }
}
