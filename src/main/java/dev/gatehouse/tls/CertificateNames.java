package dev.gatehouse.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// The names that a certificate is valid for: its alternative names; the common name is long since ignored by clients
/// (RFC 9525 §2). Immutable.
public final class CertificateNames {
    /// RFC 5280 §4.2.1.6.
    private static final int DNS = 2;

    private static final int ADDRESS = 7;

    private final List<String> dns;
    private final List<String> addresses;

    public CertificateNames(X509Certificate certificate) {
        var alternatives = alternatives(certificate);
        dns = of(alternatives, DNS);
        addresses = of(alternatives, ADDRESS);
    }

    /// The host names in lower case.
    public List<String> dns() {
        return dns;
    }

    /// Whether clients accept the certificate for a `server_name`, a wildcard included: one asterisk stands for one
    /// label, the first (RFC 9525 §6.3).
    public boolean cover(String serverName) {
        if (dns.contains(serverName) || addresses.contains(serverName)) {
            return true;
        }
        int dot = serverName.indexOf('.');
        return dot > 0 && !serverName.startsWith("*.") && dns.contains("*" + serverName.substring(dot));
    }

    /// At most ten of them.
    @Override
    public String toString() {
        var all = new ArrayList<>(dns);
        all.addAll(addresses);
        return all.isEmpty() ? "no name at all" : String.join(", ", all.subList(0, Math.min(10, all.size())));
    }

    private static List<String> of(Collection<List<?>> alternatives, int kind) {
        return alternatives.stream()
                .filter(entry -> Objects.equals(entry.get(0), kind))
                .map(entry -> String.valueOf(entry.get(1)).toLowerCase(Locale.ROOT))
                .toList();
    }

    private static Collection<List<?>> alternatives(X509Certificate certificate) {
        try {
            return Objects.requireNonNullElse(certificate.getSubjectAlternativeNames(), List.of());
        } catch (CertificateParsingException _) {
            return List.of();
        }
    }
}
