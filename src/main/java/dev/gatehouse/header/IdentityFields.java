package dev.gatehouse.header;

import dev.gatehouse.http.ClientIdentity;
import dev.gatehouse.http.TlsInfo;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.jspecify.annotations.Nullable;

/// The fields that tell an upstream who the client is.
///
/// | field | value |
/// |---|---|
/// | Client-Cert | the certificate in DER, as RFC 9440 §2.2 has it |
/// | Client-Cert-Chain | those between it and the authority that is trusted; absent when there are none |
/// | X-Client-Cert-Verify | `SUCCESS`, or `NONE` for a client without a certificate; the others are absent then |
/// | X-Client-Cert-Subject | its distinguished name (RFC 4514), other than printable ASCII as `\C3` |
/// | X-Client-Cert-SAN | its alternative names: `dns:a.example, uri:spiffe://a/b` |
/// | X-Client-Cert-Serial, -Fingerprint | hexadecimal: the serial number, the SHA-256 of the certificate |
///
/// In alternative names blanks, commas, percent signs and what is not printable ASCII are percent-encoded.
final class IdentityFields {
    private static final List<HttpField> NOBODY =
            List.of(new PreEncodedHttpField(OwnFields.X_CLIENT_CERT_VERIFY, "NONE"));
    private static final HttpField SOMEBODY = new PreEncodedHttpField(OwnFields.X_CLIENT_CERT_VERIFY, "SUCCESS");
    private static final HexFormat HEX = HexFormat.of();

    private IdentityFields() {}

    /// @param tls null without TLS
    static List<HttpField> of(@Nullable TlsInfo tls) {
        var client = tls == null ? null : tls.client();
        if (client == null || !client.verified()) {
            return NOBODY;
        }
        try {
            return of(client);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible); // it was parsed and verified
        }
    }

    private static List<HttpField> of(ClientIdentity client) throws GeneralSecurityException {
        var leaf = client.path().getFirst();
        var fields = new ArrayList<HttpField>();
        fields.add(SOMEBODY);
        fields.add(field(OwnFields.CLIENT_CERT, binary(leaf)));
        if (client.path().size() > 1) {
            var chain = new StringJoiner(", ");
            for (var issuer : client.path().subList(1, client.path().size())) {
                chain.add(binary(issuer));
            }
            fields.add(field(OwnFields.CLIENT_CERT_CHAIN, chain.toString()));
        }
        fields.add(field(OwnFields.X_CLIENT_CERT_SUBJECT, client.subject()));
        var names = names(client);
        if (!names.isEmpty()) {
            fields.add(field(OwnFields.X_CLIENT_CERT_SAN, names));
        }
        fields.add(field(OwnFields.X_CLIENT_CERT_SERIAL, leaf.getSerialNumber().toString(16)));
        fields.add(field(
                OwnFields.X_CLIENT_CERT_FINGERPRINT,
                HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(leaf.getEncoded()))));
        return fields;
    }

    private static HttpField field(String name, String value) {
        return new PreEncodedHttpField(name, value);
    }

    /// A byte sequence of structured fields (RFC 9651 §3.3.5).
    private static String binary(X509Certificate certificate) throws GeneralSecurityException {
        return ":" + Base64.getEncoder().encodeToString(certificate.getEncoded()) + ":";
    }

    private static String names(ClientIdentity client) {
        var names = new StringJoiner(", ");
        for (var name : client.names()) {
            names.add(encoded(name));
        }
        return names.toString();
    }

    private static String encoded(String value) {
        var out = new StringBuilder(value.length());
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            if (b > ' ' && b < 0x7f && b != ',' && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return out.toString();
    }
}
