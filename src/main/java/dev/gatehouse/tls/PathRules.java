package dev.gatehouse.tls;

import dev.gatehouse.tls.ClientPaths.Path;
import dev.gatehouse.tls.ClientRefusal.Kind;
import java.io.IOException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.jspecify.annotations.Nullable;

/// What a client's path must keep beside RFC 5280 §6, as Java has it: there an anchor is a name with a key, whose
/// extensions nobody looks at, and purposes and strength are nobody's business.
final class PathRules {
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_CERT_SIGN = 5;

    private PathRules() {}

    /// Whether it may sign others: not one of version 3 that does not say so (RFC 5280 §4.2.1.9, §4.2.1.3). Older ones
    /// cannot say.
    static boolean isAuthority(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        return certificate.getVersion() < 3
                || (certificate.getBasicConstraints() >= 0 && (usage == null || usage[KEY_CERT_SIGN]));
    }

    /// RFC 5280 §4.2.1.3, §4.2.1.12: what is not restricted is fine.
    static void leaf(X509Certificate leaf) throws ClientRefusal {
        purpose(leaf, "its extended key usage");
        boolean[] usage = leaf.getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE]) {
            throw new ClientRefusal(Kind.BAD_PURPOSE, "its key usage is not for signatures");
        }
    }

    /// @param weak whether weak keys and signatures are taken
    static void check(Path path, boolean weak) throws ClientRefusal {
        var anchor = path.anchor();
        var certificates = path.certificates();
        boolean itself = certificates.size() == 1 && certificates.getFirst().equals(anchor);
        if (!itself) {
            if (!isAuthority(anchor)) {
                throw new ClientRefusal(
                        Kind.CHAIN, name(anchor) + " is trusted, but is no CA: it vouches for itself only");
            }
            for (var issuer : certificates.subList(1, certificates.size())) {
                purpose(issuer, "the extended key usage of " + name(issuer));
            }
            purpose(anchor, "the extended key usage of " + name(anchor));
            length(path);
            nameConstraints(path);
        }
        if (!weak) {
            strength(path, itself);
        }
    }

    /// What an authority may not vouch for, those below it cannot (as in Mozilla's and OpenSSL's reading).
    private static void purpose(X509Certificate certificate, String what) throws ClientRefusal {
        List<String> purposes;
        try {
            purposes = certificate.getExtendedKeyUsage();
        } catch (CertificateParsingException _) {
            throw new ClientRefusal(Kind.CHAIN, "an extended key usage cannot be read");
        }
        if (purposes != null && !purposes.contains(CLIENT_AUTH) && !purposes.contains(ANY_PURPOSE)) {
            throw new ClientRefusal(Kind.BAD_PURPOSE, what + " is not for clients");
        }
    }

    /// RFC 5280 §4.2.1.9: those that sign themselves do not count.
    private static void length(Path path) throws ClientRefusal {
        int limit = path.anchor().getBasicConstraints();
        if (path.anchor().getVersion() < 3) {
            return;
        }
        long between = path.certificates().stream()
                .skip(1)
                .filter(certificate -> !isSelfIssued(certificate))
                .count();
        if (between > limit) {
            throw new ClientRefusal(Kind.CHAIN, "the path is longer than " + name(path.anchor()) + " allows");
        }
    }

    private static void nameConstraints(Path path) throws ClientRefusal {
        byte[] extension = path.anchor().getExtensionValue(Extension.nameConstraints.getId());
        if (extension == null) {
            return;
        }
        var within = new X509CertSelector();
        try {
            within.setNameConstraints(ASN1OctetString.getInstance(extension).getOctets());
        } catch (IOException | RuntimeException _) {
            throw new ClientRefusal(Kind.CHAIN, "the name constraints of " + name(path.anchor()) + " cannot be read");
        }
        var certificates = path.certificates();
        for (int i = 0; i < certificates.size(); i++) {
            var certificate = certificates.get(i);
            if ((i == 0 || !isSelfIssued(certificate)) && !within.match(certificate)) {
                throw new ClientRefusal(
                        Kind.CHAIN, name(path.anchor()) + " may not vouch for the names of " + name(certificate));
            }
        }
    }

    private static void strength(Path path, boolean itself) throws ClientRefusal {
        for (var certificate : path.certificates()) {
            weak(certificate, Weakness.ofKey(certificate), "has");
            if (!itself) {
                weak(certificate, Weakness.ofSignature(certificate), "is signed with");
            }
        }
        weak(path.anchor(), Weakness.ofKey(path.anchor()), "has");
    }

    private static void weak(X509Certificate certificate, @Nullable String what, String verb) throws ClientRefusal {
        if (what != null) {
            throw new ClientRefusal(Kind.WEAK, "the certificate of " + name(certificate) + " " + verb + " " + what);
        }
    }

    private static boolean isSelfIssued(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private static String name(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }
}
