package dev.gatehouse.tls;

import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.jspecify.annotations.Nullable;

/// Finds what is questionable about credentials that work. Everything it finds is a warning.
public final class CertificateWarnings {
    private static final String AUTHORITY_INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.1";
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final int DIGITAL_SIGNATURE = 0;
    /// What people call authorities that are no roots.
    private static final Pattern BETWEEN =
            Pattern.compile("intermediate|issuing|subordinate|\\bsub[ -]?ca\\b", Pattern.CASE_INSENSITIVE);

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final X509Certificate leaf;
    private final String file;
    private final List<TlsProblem> found = new ArrayList<>();

    private CertificateWarnings(X509Certificate leaf, String file) {
        this.leaf = leaf;
        this.file = "certificate '" + file + "'";
    }

    /// Looks at a chain.
    ///
    /// @param file where it came from, for the messages
    /// @param serverNames all names of the app, lower case; a wildcard must stand in the certificate as it is
    public static List<TlsProblem> of(Credentials credentials, Path file, List<String> serverNames, Instant now) {
        var check = new CertificateWarnings(credentials.leaf(), file.toString());
        check.validity(now);
        check.names(serverNames);
        check.purpose();
        check.strength();
        check.chain(credentials.chain());
        return List.copyOf(check.found);
    }

    private void validity(Instant now) {
        if (now.isAfter(leaf.getNotAfter().toInstant())) {
            add("cert.expired", "expired on " + DATE.format(leaf.getNotAfter().toInstant()) + " UTC", "renew it");
        } else if (now.isBefore(leaf.getNotBefore().toInstant())) {
            String from = DATE.format(leaf.getNotBefore().toInstant());
            add("cert.not_yet_valid", "is not valid before " + from + " UTC", "check the clock of this machine");
        }
    }

    private void names(List<String> serverNames) {
        var covered = new CertificateNames(leaf);
        if (covered.dns().isEmpty()) {
            add(
                    "cert.no_san",
                    "has no subject alternative name of the kind DNS; clients do not look at the common name",
                    "have it made again with the names of the app");
            return;
        }
        var missing = serverNames.stream().filter(name -> !covered.cover(name)).toList();
        if (!missing.isEmpty()) {
            add(
                    "cert.name",
                    "does not cover " + String.join(", ", missing) + "; it covers " + covered,
                    "clients will refuse it under the names it does not cover");
        }
    }

    /// RFC 5280 §4.2.1.3, §4.2.1.12.
    private void purpose() {
        try {
            var purposes = leaf.getExtendedKeyUsage();
            if (purposes != null && !purposes.contains(SERVER_AUTH) && !purposes.contains(ANY_PURPOSE)) {
                add(
                        "cert.purpose",
                        "has an extended key usage without serverAuth",
                        "clients refuse it: have it made again for servers");
            }
        } catch (CertificateParsingException _) {
            add("cert.purpose", "has an extended key usage that cannot be read", "clients may refuse it");
        }
        boolean[] usage = leaf.getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE]) {
            add(
                    "cert.purpose",
                    "has a key usage without digitalSignature",
                    "clients refuse it: have it made again with digitalSignature");
        }
    }

    private void strength() {
        var key = Weakness.ofKey(leaf);
        if (key != null) {
            add("cert.weak_key", "has " + key, "use 2048 bits or more, or ECDSA");
        }
        var signature = Weakness.ofSignature(leaf);
        if (signature != null) {
            add("cert.weak_signature", "is signed with " + signature + ", which clients refuse", null);
        }
    }

    private void chain(List<X509Certificate> chain) {
        for (int i = 1; i < chain.size(); i++) {
            if (!chain.get(i - 1).getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())) {
                add(
                        "cert.chain",
                        "is followed by certificates in another order: number %d did not sign number %d"
                                .formatted(i + 1, i),
                        "put each certificate behind the one that it signed");
                return;
            }
        }
        var last = chain.getLast();
        if (last.getIssuerX500Principal().equals(last.getSubjectX500Principal())) {
            return;
        }
        // Public authorities say there where their intermediate is, and no client is bound to fetch it.
        boolean publicly = chain.size() == 1 && leaf.getExtensionValue(AUTHORITY_INFORMATION_ACCESS) != null;
        if (publicly || isSignedBetween(last)) {
            add(
                    "cert.chain",
                    "comes without the certificate of '%s' that signed %s"
                            .formatted(last.getIssuerX500Principal(), chain.size() == 1 ? "it" : "its last one"),
                    publicly
                            ? "use the full chain: with certbot, fullchain.pem instead of cert.pem"
                            : "append it: clients that know only the root cannot find it");
        }
    }

    /// Whether the issuer is plainly no root, though nobody sees its certificate: by its name, or because it has an
    /// issuer of another name (RFC 5280 §4.2.1.1).
    private static boolean isSignedBetween(X509Certificate certificate) {
        var issuer = certificate.getIssuerX500Principal();
        if (BETWEEN.matcher(issuer.getName()).find()) {
            return true;
        }
        byte[] value = certificate.getExtensionValue(Extension.authorityKeyIdentifier.getId());
        try {
            var above = value == null
                    ? null
                    : AuthorityKeyIdentifier.getInstance(
                                    ASN1OctetString.getInstance(value).getOctets())
                            .getAuthorityCertIssuer();
            return above != null
                    && Arrays.stream(above.getNames())
                            .filter(name -> name.getTagNo() == GeneralName.directoryName)
                            .anyMatch(name -> !X500Name.getInstance(name.getName())
                                    .equals(X500Name.getInstance(issuer.getEncoded())));
        } catch (RuntimeException _) {
            return false; // not of the right form
        }
    }

    private void add(String code, String what, @Nullable String hint) {
        found.add(new TlsProblem(code, file + " " + what, hint));
    }
}
