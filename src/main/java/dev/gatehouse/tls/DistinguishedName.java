package dev.gatehouse.tls;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1BMPString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1NumericString;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1T61String;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.ASN1VisibleString;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.X500Name;
import org.jspecify.annotations.Nullable;

/// A distinguished name for decisions. Two are equal whose RDNs have the same types and values, in the same order; in
/// values the case of ASCII letters and runs of U+0020 do not count, and nothing else is passed over.
///
/// `X500Principal` compares by RFC 2253's canonical form, in which `alice`, `\u0001alice` and full-width letters
/// are all the same.
final class DistinguishedName {
    private final List<Set<Attribute>> parts;
    private final boolean control;

    /// @param value folded text; in hexadecimal DER behind `#` what is no text
    private record Attribute(String type, String value) {}

    private DistinguishedName(List<Set<Attribute>> parts, boolean control) {
        this.parts = List.copyOf(parts);
        this.control = control;
    }

    /// @throws IllegalArgumentException when a value is not in the encoding that it claims
    static DistinguishedName of(X500Principal name) {
        return of(X500Name.getInstance(name.getEncoded()));
    }

    static DistinguishedName of(X500Name name) {
        var parts = new ArrayList<Set<Attribute>>();
        boolean control = false;
        for (var rdn : name.getRDNs()) {
            var attributes = new HashSet<Attribute>();
            for (var attribute : rdn.getTypesAndValues()) {
                var text = text(attribute.getValue());
                control |= text != null && hasControl(text);
                attributes.add(
                        new Attribute(attribute.getType().getId(), text == null ? der(attribute) : folded(text)));
            }
            parts.add(Set.copyOf(attributes));
        }
        return new DistinguishedName(parts, control);
    }

    /// Whether a value holds a control character: an honest one has none.
    boolean hasControl() {
        return control;
    }

    static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private static @Nullable String text(ASN1Encodable value) {
        return switch (value) {
            case ASN1UTF8String text -> text.getString();
            case ASN1PrintableString text -> text.getString();
            case ASN1IA5String text -> text.getString();
            case ASN1BMPString text -> text.getString();
            case ASN1T61String text -> text.getString();
            case ASN1VisibleString text -> text.getString();
            case ASN1NumericString text -> text.getString();
            default -> null;
        };
    }

    private static String der(AttributeTypeAndValue attribute) {
        try {
            return "#"
                    + HexFormat.of()
                            .formatHex(attribute.getValue().toASN1Primitive().getEncoded("DER"));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(unreadable);
        }
    }

    private static String folded(String text) {
        var out = new StringBuilder(text.length() + 1).append('=');
        boolean blank = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ' ') {
                blank = true;
                continue;
            }
            if (blank && out.length() > 1) {
                out.append(' ');
            }
            blank = false;
            out.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
        }
        return out.toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DistinguishedName its && parts.equals(its.parts);
    }

    @Override
    public int hashCode() {
        return parts.hashCode();
    }
}
