package dev.gatehouse.tls;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Finds what is questionable about credentials that work. Everything it finds is a warning.
public final class CertificateWarnings {
    private static final String AUTHORITY_INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.1";
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
        boolean selfSigned = leaf.getIssuerX500Principal().equals(leaf.getSubjectX500Principal());
        if (chain.size() == 1 && !selfSigned && leaf.getExtensionValue(AUTHORITY_INFORMATION_ACCESS) != null) {
            // Public authorities say there where their intermediate is, and no client is bound to fetch it.
            add(
                    "cert.chain",
                    "comes without the certificate of '%s' that signed it".formatted(leaf.getIssuerX500Principal()),
                    "use the full chain: with certbot, fullchain.pem instead of cert.pem");
        }
    }

    private void add(String code, String what, @Nullable String hint) {
        found.add(new TlsProblem(code, file + " " + what, hint));
    }
}
