package dev.gatehouse.http;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/// Who a client is, where its certificate was asked for and verified. Immutable.
///
/// @param path its certificate, then what leads to the authority that is trusted, which is left out; empty where the
///     client showed none
/// @param names the alternative names of its certificate with their type: `dns:a.example`, `email:a@b.example`,
///     `uri:spiffe://a/b`, `ip:10.0.0.7`; printable ASCII
public record ClientIdentity(List<X509Certificate> path, List<String> names) {
    private static final Map<String, String> KEYWORDS = Map.of("1.2.840.113549.1.9.1", "emailAddress");
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /// A client that was asked and showed no certificate.
    public static final ClientIdentity NONE = new ClientIdentity(List.of(), List.of());

    public ClientIdentity {
        path = List.copyOf(path);
        names = List.copyOf(names);
    }

    /// Whether it showed a certificate.
    public boolean verified() {
        return !path.isEmpty();
    }

    /// The distinguished name of its certificate (RFC 4514) in printable ASCII: of other characters the bytes in UTF-8
    /// are written as `\C3`. Only of one that showed a certificate.
    public String subject() {
        return ascii(path.getFirst().getSubjectX500Principal().getName(X500Principal.RFC2253, KEYWORDS));
    }

    private static String ascii(String name) {
        var out = new StringBuilder(name.length());
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 0x7f) {
                out.append((char) b);
            } else {
                out.append('\\').append(HEX.toHexDigits(b));
            }
        }
        return out.toString();
    }
}
