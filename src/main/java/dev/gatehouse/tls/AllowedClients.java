package dev.gatehouse.tls;

import dev.gatehouse.config.IpLiteral;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Which certificates of trusted authorities are let in: those whose whole subject, or one of whose alternative names,
/// is listed. Without lists all of them. Immutable.
final class AllowedClients {
    private static final String DNS_WILDCARD = "dns:*.";

    private final Set<DistinguishedName> subjects = new HashSet<>();
    private final Set<String> sans = new HashSet<>();

    /// @param subjects as RFC 4514 writes them
    /// @param sans with their type before them: `dns:`, `email:`, `uri:`, `ip:`
    AllowedClients(List<String> subjects, List<String> sans) {
        subjects.forEach(text -> this.subjects.add(DistinguishedName.of(new X500Principal(text))));
        sans.forEach(text -> this.sans.add(canonical(text)));
    }

    private static String canonical(String text) {
        return text.startsWith("ip:") ? "ip:" + IpLiteral.text(InetAddress.ofLiteral(text.substring(3))) : text;
    }

    /// Whether it is let in.
    boolean admit(ClientNames names) {
        if (subjects.isEmpty() && sans.isEmpty()) {
            return true;
        }
        if (subjects.contains(names.subject())) {
            return true;
        }
        for (var name : names.alternatives()) {
            if (sans.contains(name) || coveredByWildcard(name)) {
                return true;
            }
        }
        return false;
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
