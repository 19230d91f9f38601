package dev.gatehouse.tls;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Which certificates of trusted authorities are let in: those whose whole subject, or one of whose alternative names,
/// is listed. Without lists all of them. Immutable.
final class AllowedClients {
    private static final int EMAIL = 1;
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;
    private static final String DNS_WILDCARD = "dns:*.";

    private final Set<X500Principal> subjects = new HashSet<>();
    private final Set<String> sans = new HashSet<>();

    /// @param subjects as RFC 4514 writes them
    /// @param sans with their type before them: `dns:`, `email:`, `uri:`, `ip:`
    AllowedClients(List<String> subjects, List<String> sans) {
        subjects.forEach(text -> this.subjects.add(new X500Principal(text)));
        sans.forEach(text -> this.sans.add(canonical(text)));
    }

    private static String canonical(String text) {
        return text.startsWith("ip:")
                ? "ip:" + InetAddress.ofLiteral(text.substring(3)).getHostAddress()
                : text;
    }

    /// Whether it is let in.
    boolean admit(X509Certificate leaf) {
        if (subjects.isEmpty() && sans.isEmpty()) {
            return true;
        }
        if (subjects.contains(leaf.getSubjectX500Principal())) {
            return true;
        }
        try {
            var names = leaf.getSubjectAlternativeNames();
            if (names != null) {
                for (var name : names) {
                    var text = text(name);
                    if (text != null && (sans.contains(text) || coveredByWildcard(text))) {
                        return true;
                    }
                }
            }
        } catch (CertificateParsingException _) {
            // names that cannot be read are none
        }
        return false;
    }

    /// As the configuration writes it; null for a type that it cannot list.
    private static @Nullable String text(List<?> name) {
        if (!(name.get(1) instanceof String value)) {
            return null;
        }
        return switch ((Integer) name.get(0)) {
            case EMAIL -> "email:" + value;
            case DNS -> "dns:" + value.toLowerCase(Locale.ROOT);
            case URI -> "uri:" + value;
            case IP -> canonical("ip:" + value);
            default -> null;
        };
    }

    private boolean coveredByWildcard(String text) {
        int dot = text.indexOf('.');
        return text.startsWith("dns:") && dot > 4 && sans.contains(DNS_WILDCARD + text.substring(dot + 1));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AllowedClients its && subjects.equals(its.subjects) && sans.equals(its.sans);
    }

    @Override
    public int hashCode() {
        return subjects.hashCode() * 31 + sans.hashCode();
    }
}
