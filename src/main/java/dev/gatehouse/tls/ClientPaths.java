package dev.gatehouse.tls;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.jspecify.annotations.Nullable;

/// Finds the ways from a client's certificate to somebody who is trusted (RFC 5280 §6, RFC 4158), by names and key
/// identifiers only: whether a way holds is for who asked to say.
///
/// What a client shows may be in any order, and hold what is of no use; roots with two certificates, and authorities
/// that sign each other, give more than one way.
final class ClientPaths {
    /// Certificates of a path, the anchor left out.
    static final int MAX_LENGTH = 8;

    private static final int MAX_PATHS = 8;
    /// How often an issuer is tried: strangers choose what is shown.
    private static final int MAX_STEPS = 64;

    /// A way.
    ///
    /// @param certificates leaf first, without the anchor
    record Path(List<X509Certificate> certificates, X509Certificate anchor) {}

    private final List<X509Certificate> anchors;
    private final List<X509Certificate> shown;
    private final List<Path> found = new ArrayList<>();
    private final List<X509Certificate> current = new ArrayList<>();
    private int steps;

    private ClientPaths(List<X509Certificate> anchors, List<X509Certificate> shown) {
        this.anchors = anchors;
        this.shown = shown;
    }

    /// @param shown leaf first, at least one
    static List<Path> find(Collection<X509Certificate> anchors, X509Certificate[] shown) {
        var search = new ClientPaths(List.copyOf(anchors), List.copyOf(new LinkedHashSet<>(Arrays.asList(shown))));
        search.extend(shown[0]);
        return search.found;
    }

    private void extend(X509Certificate next) {
        current.add(next);
        for (var anchor : anchors) {
            if (found.size() < MAX_PATHS && mayHaveSigned(anchor, next)) {
                found.add(new Path(List.copyOf(current), anchor));
            }
        }
        if (current.size() < MAX_LENGTH) {
            for (var issuer : shown) {
                if (found.size() < MAX_PATHS
                        && steps < MAX_STEPS
                        && !current.contains(issuer)
                        && mayHaveSigned(issuer, next)) {
                    steps++;
                    extend(issuer);
                }
            }
        }
        current.removeLast();
    }

    private static boolean mayHaveSigned(X509Certificate issuer, X509Certificate certificate) {
        if (!issuer.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
            return false;
        }
        byte[] wanted = authorityKey(certificate);
        byte[] its = subjectKey(issuer);
        return wanted == null || its == null || Arrays.equals(wanted, its);
    }

    private static byte @Nullable [] authorityKey(X509Certificate certificate) {
        byte[] value = certificate.getExtensionValue(Extension.authorityKeyIdentifier.getId());
        try {
            return value == null
                    ? null
                    : AuthorityKeyIdentifier.getInstance(
                                    ASN1OctetString.getInstance(value).getOctets())
                            .getKeyIdentifierOctets();
        } catch (IllegalArgumentException | IllegalStateException _) {
            return null; // not of the right form: the names must do
        }
    }

    private static byte @Nullable [] subjectKey(X509Certificate certificate) {
        byte[] value = certificate.getExtensionValue(Extension.subjectKeyIdentifier.getId());
        try {
            return value == null
                    ? null
                    : SubjectKeyIdentifier.getInstance(
                                    ASN1OctetString.getInstance(value).getOctets())
                            .getKeyIdentifier();
        } catch (IllegalArgumentException | IllegalStateException _) {
            return null;
        }
    }

    /// The names of the issuers that nobody shown or trusted has, for messages.
    static String missingIssuers(Collection<X509Certificate> anchors, X509Certificate[] shown) {
        Set<Object> known = new HashSet<>();
        anchors.forEach(anchor -> known.add(anchor.getSubjectX500Principal()));
        for (var certificate : shown) {
            known.add(certificate.getSubjectX500Principal());
        }
        var missing = new TreeSet<String>();
        for (var certificate : shown) {
            if (!known.contains(certificate.getIssuerX500Principal())) {
                missing.add(certificate.getIssuerX500Principal().getName());
            }
        }
        return missing.isEmpty() ? shown[0].getIssuerX500Principal().getName() : String.join(" and ", missing);
    }
}
