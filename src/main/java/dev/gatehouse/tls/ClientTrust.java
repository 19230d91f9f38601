package dev.gatehouse.tls;

import dev.gatehouse.config.ClientAuthConfig;
import dev.gatehouse.tls.ClientPaths.Path;
import dev.gatehouse.tls.ClientRefusal.Kind;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Whose certificates a site takes from clients. Immutable, any thread.
///
/// Two that trust the same are equal, so that a reload can tell whether anything changed.
public final class ClientTrust {
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_PURPOSE = "2.5.29.37.0";
    private static final int DIGITAL_SIGNATURE = 0;

    private final boolean required;
    private final Set<X509Certificate> anchors;
    /// Null where nothing is revoked.
    private final @Nullable Set<X509CRL> revoked;
    private final AllowedClients allowed;
    private @Nullable Made made;

    /// @param by whose context it is
    private record Made(TlsEngines by, SSLContext context) {}

    private ClientTrust(
            boolean required, Set<X509Certificate> anchors, @Nullable Set<X509CRL> revoked, AllowedClients allowed) {
        this.required = required;
        this.anchors = Set.copyOf(anchors);
        this.revoked = revoked == null ? null : Set.copyOf(revoked);
        this.allowed = allowed;
    }

    /// Reads the files that it names. Blocks.
    ///
    /// @throws PemException when one cannot be used
    public static ClientTrust load(ClientAuthConfig config) throws PemException {
        var crls = config.crlPath();
        return new ClientTrust(
                config.required(),
                new HashSet<>(PemFiles.certificates(config.caPath())),
                crls == null ? null : new HashSet<>(PemFiles.revocationLists(crls)),
                new AllowedClients(config.allowedSubjects(), config.allowedSans()));
    }

    /// Whether a client without a certificate is refused.
    public boolean required() {
        return required;
    }

    /// The authorities, in no order.
    Set<X509Certificate> anchors() {
        return anchors;
    }

    /// The context in which sites that trust the same make their engines: the authorities that a server names to its
    /// clients are the context's. Made by who asks first.
    synchronized SSLContext context(TlsEngines by, Function<ClientTrust, SSLContext> maker) {
        var known = made;
        if (known == null || !known.by.equals(by)) {
            known = new Made(by, maker.apply(this));
            made = known;
        }
        return known.context;
    }

    /// Decides about what a client showed, at this moment. Takes one verification of a signature for each certificate
    /// of the path, of which there are at most [ClientPaths#MAX_LENGTH].
    ///
    /// @param shown leaf first
    /// @param verifier of signatures, where it knows all that there are; null for Java's own
    /// @return the path that holds, leaf first, without the authority that is trusted
    List<X509Certificate> verify(X509Certificate[] shown, @Nullable Provider verifier) throws ClientRefusal {
        var leaf = shown[0];
        purpose(leaf);
        var paths = ClientPaths.find(anchors, shown);
        if (paths.isEmpty()) {
            throw new ClientRefusal(
                    Kind.UNKNOWN_CA, "nobody trusted is called " + ClientPaths.missingIssuers(anchors, shown));
        }
        ClientRefusal first = null;
        for (var path : paths) {
            try {
                validate(path, verifier);
                if (!allowed.admit(leaf)) {
                    throw new ClientRefusal(
                            Kind.NOT_ALLOWED, "neither its subject nor an alternative name is in the lists");
                }
                return path.certificates();
            } catch (ClientRefusal refusal) {
                first = first == null ? refusal : first;
            }
        }
        throw first == null ? new ClientRefusal(Kind.CHAIN, "no path holds") : first;
    }

    /// RFC 5280 §4.2.1.3, §4.2.1.12: what is not restricted is fine.
    private static void purpose(X509Certificate leaf) throws ClientRefusal {
        try {
            var purposes = leaf.getExtendedKeyUsage();
            if (purposes != null && !purposes.contains(CLIENT_AUTH) && !purposes.contains(ANY_PURPOSE)) {
                throw new ClientRefusal(Kind.BAD_PURPOSE, "its extended key usage is not for clients");
            }
            boolean[] usage = leaf.getKeyUsage();
            if (usage != null && !usage[DIGITAL_SIGNATURE]) {
                throw new ClientRefusal(Kind.BAD_PURPOSE, "its key usage is not for signatures");
            }
        } catch (CertificateParsingException _) {
            throw new ClientRefusal(Kind.CHAIN, "its extended key usage cannot be read");
        }
    }

    private void validate(Path path, @Nullable Provider verifier) throws ClientRefusal {
        try {
            path.anchor().checkValidity(); // PKIX itself does not ask
            var validator = CertPathValidator.getInstance("PKIX");
            var parameters = new PKIXParameters(Set.of(new TrustAnchor(path.anchor(), null)));
            if (verifier != null && canVerify(verifier, path)) {
                parameters.setSigProvider(verifier.getName());
            }
            var lists = revoked;
            parameters.setRevocationEnabled(lists != null);
            if (lists != null) {
                parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
                var checker = (PKIXRevocationChecker) validator.getRevocationChecker();
                checker.setOptions(EnumSet.of(Option.PREFER_CRLS, Option.NO_FALLBACK));
                parameters.addCertPathChecker(checker);
            }
            var chain = CertificateFactory.getInstance("X.509").generateCertPath(path.certificates());
            validator.validate(chain, parameters);
        } catch (CertPathValidatorException invalid) {
            throw refusal(path, invalid);
        } catch (CertificateExpiredException | CertificateNotYetValidException _) {
            throw new ClientRefusal(Kind.EXPIRED, "the authority " + name(path.anchor()) + " is not valid now");
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private boolean canVerify(Provider verifier, Path path) {
        for (var certificate : path.certificates()) {
            if (verifier.getService("Signature", certificate.getSigAlgName()) == null) {
                return false;
            }
        }
        if (revoked != null) {
            for (var list : revoked) {
                if (verifier.getService("Signature", list.getSigAlgName()) == null) {
                    return false;
                }
            }
        }
        return true;
    }

    private static ClientRefusal refusal(Path path, CertPathValidatorException invalid) {
        int index = invalid.getIndex();
        var which = index > 0 ? "the certificate of " + name(path.certificates().get(index)) : "it";
        return switch (invalid.getReason()) {
            case BasicReason.EXPIRED, BasicReason.NOT_YET_VALID ->
                new ClientRefusal(Kind.EXPIRED, which + " is not valid now");
            case BasicReason.REVOKED -> new ClientRefusal(Kind.REVOKED, which + " is revoked");
            case BasicReason.UNDETERMINED_REVOCATION_STATUS ->
                new ClientRefusal(
                        Kind.UNKNOWN_STATUS, "no list that is valid now says whether " + which + " is revoked");
            default -> new ClientRefusal(Kind.CHAIN, which + " does not hold: " + invalid.getMessage());
        };
    }

    private static String name(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientTrust its
                && required == its.required
                && anchors.equals(its.anchors)
                && Objects.equals(revoked, its.revoked)
                && allowed.equals(its.allowed);
    }

    @Override
    public int hashCode() {
        return anchors.hashCode() * 31 + allowed.hashCode();
    }
}
