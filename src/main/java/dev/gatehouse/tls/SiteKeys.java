package dev.gatehouse.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.jsse.BCX509Key;
import org.jspecify.annotations.Nullable;

/// A site's key under each of the names by which the engine asks for keys: [KeyKind#askedFor].
///
/// All answers are made once, so that a handshake copies nothing.
final class SiteKeys {
    private final KeyKind kind;
    private final List<Key> keys;

    private SiteKeys(KeyKind kind, List<Key> keys) {
        this.kind = kind;
        this.keys = List.copyOf(keys);
    }

    static SiteKeys of(Credentials credentials) {
        var kind = KeyKind.of(credentials.leaf().getPublicKey());
        var chain = credentials.chain().toArray(X509Certificate[]::new);
        var key = kind == KeyKind.ED25519 ? new Ed25519Key(credentials.key()) : credentials.key();
        var keys = new ArrayList<Key>();
        for (String name : kind.askedFor) {
            keys.add(new Key(name, key, chain));
        }
        return new SiteKeys(kind, keys);
    }

    KeyKind kind() {
        return kind;
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
