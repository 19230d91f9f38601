package dev.gatehouse.tls;

import dev.gatehouse.config.IpLiteral;
import dev.gatehouse.tls.ClientRefusal.Kind;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.OtherName;

/// The names of a client's certificate, read once: whoever decides by them, or passes them on, has these.
///
/// A certificate whose names are not of the form that RFC 5280 §4.2.1.6 gives them, or hold control characters, is
/// refused: what one program cannot read, another reads as somebody else.
///
/// @param subject of the certificate
/// @param alternatives `dns:a.example`, `email:a@b.example`, `uri:spiffe://a/b`, `ip:10.0.0.7`, in its order;
///     DNS names in lower case, addresses as `InetAddress` writes them
record ClientNames(DistinguishedName subject, List<String> alternatives) {
    ClientNames {
        alternatives = List.copyOf(alternatives);
    }

    static ClientNames of(X509Certificate certificate) throws ClientRefusal {
        var names = new ArrayList<String>();
        DistinguishedName subject;
        try {
            subject = DistinguishedName.of(certificate.getSubjectX500Principal());
            check(!subject.hasControl(), "its subject holds a control character");
            byte[] extension = certificate.getExtensionValue(Extension.subjectAlternativeName.getId());
            if (extension != null) {
                // Name constraints are Java's to check, so it must be able to read them too.
                var _ = certificate.getSubjectAlternativeNames();
                var octets = ASN1OctetString.getInstance(extension).getOctets();
                for (var name : GeneralNames.getInstance(octets).getNames()) {
                    add(names, name);
                }
            }
        } catch (CertificateParsingException | UnknownHostException | RuntimeException _) {
            // BouncyCastle's classes for ASN.1 meet surprises with all kinds of runtime exceptions.
            throw new ClientRefusal(Kind.CHAIN, "its names cannot be read");
        }
        return new ClientNames(subject, names);
    }

    private static void add(List<String> names, GeneralName name) throws ClientRefusal, UnknownHostException {
        switch (name.getTagNo()) {
            case GeneralName.rfc822Name -> names.add("email:" + text(name, ' '));
            case GeneralName.dNSName -> names.add("dns:" + text(name, '!').toLowerCase(Locale.ROOT));
            case GeneralName.uniformResourceIdentifier -> names.add("uri:" + text(name, '!'));
            case GeneralName.iPAddress ->
                names.add("ip:"
                        + address(ASN1OctetString.getInstance(name.getName()).getOctets()));
            case GeneralName.directoryName ->
                check(
                        !DistinguishedName.of(X500Name.getInstance(name.getName()))
                                .hasControl(),
                        "an alternative name holds a control character");
            case GeneralName.otherName -> {
                if (OtherName.getInstance(name.getName()).getValue() instanceof ASN1String text) {
                    check(
                            !DistinguishedName.hasControl(text.getString()),
                            "an alternative name holds a control character");
                }
            }
            default -> {} // not one that anybody is known by
        }
    }

    /// @param lowest byte that it may hold
    private static String text(GeneralName name, char lowest) throws ClientRefusal {
        byte[] bytes = ASN1IA5String.getInstance(name.getName()).getOctets();
        for (byte b : bytes) {
            check(b >= lowest && b < 0x7f, "an alternative name holds a byte that it may not");
        }
        check(bytes.length > 0, "an alternative name is empty");
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static String address(byte[] bytes) throws ClientRefusal, UnknownHostException {
        check(bytes.length == 4 || bytes.length == 16, "an alternative name is an address of the wrong length");
        // An IPv4 address in IPv6 is not taken for the former.
        return IpLiteral.text(
                bytes.length == 4 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, -1));
    }

    private static void check(boolean fine, String reason) throws ClientRefusal {
        if (!fine) {
            throw new ClientRefusal(Kind.CHAIN, reason);
        }
    }
}
