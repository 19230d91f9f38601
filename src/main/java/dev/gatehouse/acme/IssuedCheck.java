package dev.gatehouse.acme;

import dev.gatehouse.acme.OrderFailure.Kind;
import dev.gatehouse.tls.CertificateNames;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// Looks at a chain that a CA made before it takes the place of another one.
final class IssuedCheck {
    /// CAs may begin a validity a moment after their clock, and clocks differ.
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private IssuedCheck() {}

    /// @param key of the request
    /// @param names that were ordered
    /// @param anchors CAs that need no intermediate
    /// @param now by the CA's clock
    static void check(
            List<X509Certificate> chain, PublicKey key, List<String> names, List<X509Certificate> anchors, Instant now)
            throws OrderFailure {
        if (chain.isEmpty()) {
            throw bad("there is none");
        }
        var leaf = chain.getFirst();
        if (!Arrays.equals(leaf.getPublicKey().getEncoded(), key.getEncoded())) {
            throw bad("it is not for the key of the request");
        }
        var covered = new CertificateNames(leaf);
        var missing = names.stream().filter(name -> !covered.cover(name)).toList();
        if (!missing.isEmpty()) {
            throw bad("it does not cover " + String.join(", ", missing) + " but " + covered);
        }
        if (!now.isBefore(leaf.getNotAfter().toInstant())) {
            throw bad("it expired " + leaf.getNotAfter().toInstant());
        }
        if (now.plus(TOLERANCE).isBefore(leaf.getNotBefore().toInstant())) {
            throw bad("it is not valid before " + leaf.getNotBefore().toInstant());
        }
        for (int i = 1; i < chain.size(); i++) {
            if (!signed(chain.get(i - 1), chain.get(i))) {
                throw bad("certificate " + (i + 1) + " of its chain did not sign certificate " + i);
            }
        }
        if (chain.size() == 1 && anchors.stream().noneMatch(anchor -> signed(leaf, anchor))) {
            throw bad("it comes without the certificate that signed it");
        }
    }

    private static boolean signed(X509Certificate one, X509Certificate signer) {
        try {
            one.verify(signer.getPublicKey());
            return one.getIssuerX500Principal().equals(signer.getSubjectX500Principal());
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static OrderFailure bad(String what) {
        return new OrderFailure(
                Kind.BAD_CERTIFICATE,
                "the CA's certificate is rejected: " + what,
                "the one before stays in use; ask the CA if it happens again");
    }
}
