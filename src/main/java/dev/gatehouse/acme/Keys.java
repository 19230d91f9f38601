package dev.gatehouse.acme;

import dev.gatehouse.config.AcmeKeyType;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/// Makes keys, and writes and reads them as PEM: the private one in PKCS#8, then the public one.
final class Keys {
    private Keys() {}

    static KeyPair make(AcmeKeyType type) {
        return switch (type) {
            case P256 -> ec("secp256r1");
            case P384 -> ec("secp384r1");
            case RSA2048 -> rsa(2048);
            case RSA4096 -> rsa(4096);
        };
    }

    static String text(KeyPair pair) {
        return pem("PRIVATE KEY", pair.getPrivate().getEncoded())
                + pem("PUBLIC KEY", pair.getPublic().getEncoded());
    }

    private static String pem(String label, byte[] der) {
        var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    /// @throws GeneralSecurityException when it is not what [#text] wrote
    static KeyPair read(String text) throws GeneralSecurityException {
        var secret = new PKCS8EncodedKeySpec(block(text, "PRIVATE KEY"));
        var open = new X509EncodedKeySpec(block(text, "PUBLIC KEY"));
        for (var algorithm : List.of("EC", "RSA")) {
            try {
                var factory = KeyFactory.getInstance(algorithm);
                return new KeyPair(factory.generatePublic(open), factory.generatePrivate(secret));
            } catch (InvalidKeySpecException _) {
                // another kind of key
            }
        }
        throw new InvalidKeySpecException("neither an EC nor an RSA key");
    }

    private static byte[] block(String text, String label) throws InvalidKeySpecException {
        var begin = "-----BEGIN " + label + "-----";
        int from = text.indexOf(begin);
        int to = text.indexOf("-----END " + label + "-----");
        if (from < 0 || to < from) {
            throw new InvalidKeySpecException("no " + label + " in it");
        }
        try {
            return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
        } catch (IllegalArgumentException broken) {
            throw new InvalidKeySpecException("broken " + label, broken);
        }
    }

    private static KeyPair ec(String curve) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static KeyPair rsa(int bits) {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
