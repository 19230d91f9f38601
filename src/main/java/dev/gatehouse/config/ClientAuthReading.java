package dev.gatehouse.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Makes what `[apps.NAME.tls]` says about clients' certificates.
final class ClientAuthReading {
    private static final String CA = "client_ca_cert_path";
    private static final List<String> NEED_CA = List.of(
            "client_auth",
            "client_crl_path",
            "client_allowed_subjects",
            "client_allowed_sans",
            "client_allow_weak",
            "client_identity_headers");
    /// As RFC 4514 §2.4 escapes one.
    private static final Pattern CONTROL = Pattern.compile("\\\\(?:[01][0-9a-fA-F]|7[fF])");

    private static final String SAN_FORMS =
            "\"dns:client.example\", \"dns:*.client.example\", \"email:a@b.example\", \"uri:spiffe://a/b\","
                    + " \"ip:10.0.0.7\"";

    private final Problems problems;
    private final Paths paths;
    private final boolean tlsPort;

    ClientAuthReading(Problems problems, Paths paths, boolean tlsPort) {
        this.problems = problems;
        this.paths = paths;
        this.tlsPort = tlsPort;
    }

    @Nullable
    ClientAuthConfig read(Node tls) {
        if (!tls.has(CA)) {
            for (var name : NEED_CA) {
                if (tls.has(name)) {
                    problems.error(
                            Code.CONFLICT,
                            tls.path(name),
                            "without " + CA + " no client is asked for a certificate",
                            CA + " = \"clients-ca.pem\"");
                }
            }
            return null;
        }
        if (!tlsPort) {
            problems.error(
                    Code.CONFLICT,
                    tls.path(CA),
                    "listen_port_tls is not set, so everybody would be let in without a certificate",
                    "set listen_port_tls");
        }
        var ca = paths.existing(tls, CA);
        if (ca == null) {
            return null;
        }
        return new ClientAuthConfig(
                ca,
                tls.text("client_auth").equals("required"),
                paths.relativeToFile(tls, "client_crl_path"),
                tls.parseAll("client_allowed_subjects", ClientAuthReading::subject),
                tls.parseAll("client_allowed_sans", ClientAuthReading::san),
                tls.flag("client_allow_weak"),
                tls.flag("client_identity_headers"));
    }

    private static String subject(String text) throws BadValue {
        if (text.isBlank()
                || text.chars().anyMatch(Character::isISOControl)
                || CONTROL.matcher(text).find()) {
            throw new BadValue(
                    Words.quote(text) + " is empty or holds a control character, and no such certificate is let in",
                    "\"CN=alice,O=Example\"");
        }
        try {
            return new X500Principal(text).getName();
        } catch (IllegalArgumentException e) {
            throw new BadValue(Words.quote(text) + " is not a distinguished name", "\"CN=alice,O=Example\"");
        }
    }

    private static String san(String text) throws BadValue {
        int colon = text.indexOf(':');
        var type = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        var value = text.substring(colon + 1);
        boolean fine = switch (type) {
            case "dns" -> isName(value);
            case "email" -> value.indexOf('@') > 0;
            case "uri" -> value.indexOf(':') > 0;
            case "ip" -> Addresses.v4OrNull(value) != null || Addresses.v6OrNull(value) != null;
            default -> false;
        };
        if (!fine) {
            throw new BadValue(Words.quote(text) + " is not an alternative name with its type", SAN_FORMS);
        }
        return type + ":" + (type.equals("dns") ? value.toLowerCase(Locale.ROOT) : value);
    }

    private static boolean isName(String text) {
        try {
            var _ = ServerName.parse(text);
            return true;
        } catch (BadValue notOne) {
            return false;
        }
    }
}
