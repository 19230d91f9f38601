package dev.gatehouse.app;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// The names that a certificate is valid for: its alternative names; the common name is long since ignored by clients
/// (RFC 9525 §2).
final class CertificateNames {
    private static final int DNS = 2;
    private static final int ADDRESS = 7;

    private final List<String> names;

    CertificateNames(X509Certificate certificate) {
        names = alternatives(certificate).stream()
                .filter(entry -> Objects.equals(entry.get(0), DNS) || Objects.equals(entry.get(0), ADDRESS))
                .map(entry -> String.valueOf(entry.get(1)).toLowerCase(Locale.ROOT))
                .toList();
    }

    /// Whether clients accept the certificate for a `server_name`, a wildcard included: one asterisk stands for one
    /// label (RFC 9525 §6.3).
    boolean cover(String serverName) {
        if (names.contains(serverName)) {
            return true;
        }
        var dot = serverName.indexOf('.');
        return dot > 0 && !serverName.startsWith("*") && names.contains("*" + serverName.substring(dot));
    }

    @Override
    public String toString() {
        return names.isEmpty() ? "no name at all" : String.join(", ", names.subList(0, Math.min(10, names.size())));
    }

    private static Collection<List<?>> alternatives(X509Certificate certificate) {
        try {
            return Objects.requireNonNullElse(certificate.getSubjectAlternativeNames(), List.of());
        } catch (CertificateParsingException _) {
            return List.of();
        }
    }
}
