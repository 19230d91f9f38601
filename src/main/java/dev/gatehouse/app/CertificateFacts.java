package dev.gatehouse.app;

import dev.gatehouse.tls.CertificateNames;
import dev.gatehouse.tls.Site;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What commands tell about a certificate.
final class CertificateFacts {
    private CertificateFacts() {}

    /// Null where there is no site, or no certificate for it yet.
    static @Nullable Map<String, Object> of(@Nullable Site site, Instant now) {
        var credentials = site == null ? null : site.credentials();
        if (credentials == null) {
            return null;
        }
        var leaf = credentials.leaf();
        var until = leaf.getNotAfter().toInstant();
        var facts = new LinkedHashMap<String, Object>();
        facts.put("names", new CertificateNames(leaf).toString());
        facts.put("issuer", leaf.getIssuerX500Principal().getName());
        facts.put("key", key(leaf.getPublicKey()));
        facts.put("not_after", until.toString());
        facts.put("days_left", Duration.between(now, until).toDays());
        return facts;
    }

    private static String key(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> "RSA " + rsa.getModulus().bitLength();
            case ECPublicKey ec -> "ECDSA P-" + ec.getParams().getOrder().bitLength();
            default -> key.getAlgorithm();
        };
    }
}
