package dev.gatehouse.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// A certificate chain and the private key of its first certificate.
///
/// @param chain leaf first, at least one
/// @param key RSA, EC (P-256, P-384, P-521) or Ed25519
public record Credentials(List<X509Certificate> chain, PrivateKey key) {
    public Credentials {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a certificate chain cannot be empty");
        }
    }

    /// The certificate that the key belongs to.
    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /// Without the key: records end up in logs.
    @Override
    public String toString() {
        return "Credentials[" + leaf().getSubjectX500Principal() + "]";
    }
}
