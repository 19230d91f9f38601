package dev.gatehouse.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.jsse.BCX509Key;
import org.jspecify.annotations.Nullable;

/// A site's key under each of the names by which the engine asks for keys.
///
/// TLS 1.3 asks by kind of key (`RSA`, `EC/secp256r1`, `Ed25519`), TLS 1.2 also by key exchange (`ECDHE_RSA`,
/// `ECDHE_ECDSA`). All answers are made once, so that a handshake copies nothing.
final class SiteKeys {
    private static final String ED25519 = "Ed25519";

    private final List<Key> keys;
    private final boolean needsP521;

    private SiteKeys(List<Key> keys, boolean needsP521) {
        this.keys = List.copyOf(keys);
        this.needsP521 = needsP521;
    }

    static SiteKeys of(Credentials credentials) {
        var names = names(credentials);
        var chain = credentials.chain().toArray(X509Certificate[]::new);
        var keys = new ArrayList<Key>();
        for (String name : names) {
            keys.add(new Key(
                    name, name.equals(ED25519) ? new NamedKey(name, credentials.key()) : credentials.key(), chain));
        }
        return new SiteKeys(keys, names.contains("EC/secp521r1"));
    }

    private static List<String> names(Credentials credentials) {
        var key = credentials.leaf().getPublicKey();
        return switch (key.getAlgorithm()) {
            case "RSA" -> List.of("RSA", "ECDHE_RSA");
            case "RSASSA-PSS" -> List.of("RSASSA-PSS");
            case "EC" ->
                switch (((ECPublicKey) key).getParams().getOrder().bitLength()) {
                    case 256 -> List.of("EC/secp256r1", "ECDHE_ECDSA");
                    case 384 -> List.of("EC/secp384r1", "ECDHE_ECDSA");
                    case 521 -> List.of("EC/secp521r1", "ECDHE_ECDSA");
                    default -> throw new IllegalArgumentException("EC key on an unknown curve");
                };
            case "EdDSA", ED25519 -> List.of(ED25519);
            default -> throw new IllegalArgumentException("key of the unknown kind " + key.getAlgorithm());
        };
    }

    /// The answer for the first wanted name that this site's key has; null when it has none.
    @Nullable
    Key choose(String[] wanted) {
        for (String name : wanted) {
            for (int i = 0; i < keys.size(); i++) {
                if (keys.get(i).name.equals(name)) {
                    return keys.get(i);
                }
            }
        }
        return null;
    }

    /// Whether the engine must also accept P-521 for key exchange: it uses no P-521 certificate otherwise.
    boolean needsP521() {
        return needsP521;
    }

    /// One answer. The engine reads the chain and changes nothing in it.
    static final class Key implements BCX509Key {
        private final String name;
        private final PrivateKey key;
        private final X509Certificate[] chain;

        private Key(String name, PrivateKey key, X509Certificate[] chain) {
            this.name = name;
            this.key = key;
            this.chain = chain;
        }

        @Override
        public X509Certificate[] getCertificateChain() {
            return chain;
        }

        @Override
        public String getKeyType() {
            return name;
        }

        @Override
        public PrivateKey getPrivateKey() {
            return key;
        }
    }
}
