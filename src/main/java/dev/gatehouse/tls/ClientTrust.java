package dev.gatehouse.tls;

import dev.gatehouse.config.ClientAuthConfig;
import dev.gatehouse.http.ClientIdentity;
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
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
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
    private final boolean required;
    private final Set<X509Certificate> anchors;
    /// Null where nothing is revoked.
    private final @Nullable Set<X509CRL> revoked;
    private final AllowedClients allowed;
    /// Whether weak keys and signatures are taken.
    private final boolean weak;

    private @Nullable Made made;

    /// @param by whose context it is
    private record Made(TlsEngines by, SSLContext context) {}

    private ClientTrust(
            boolean required,
            Set<X509Certificate> anchors,
            @Nullable Set<X509CRL> revoked,
            AllowedClients allowed,
            boolean weak) {
        this.required = required;
        this.anchors = Set.copyOf(anchors);
        this.revoked = revoked == null ? null : Set.copyOf(revoked);
        this.allowed = allowed;
        this.weak = weak;
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
                new AllowedClients(config.allowedSubjects(), config.allowedSans()),
                config.weakCertificates());
    }

    /// Whether a trusted certificate vouches for others too.
    public static boolean isAuthority(X509Certificate certificate) {
        return PathRules.isAuthority(certificate);
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
    /// @return who it is, with the path that holds
    ClientIdentity verify(X509Certificate[] shown, @Nullable Provider verifier) throws ClientRefusal {
        var leaf = shown[0];
        var names = ClientNames.of(leaf);
        PathRules.leaf(leaf);
        if (isPinned(leaf)) {
            var itself = new Path(List.of(leaf), leaf);
            PathRules.check(itself, weak);
            validatePinned(leaf);
            return admitted(itself, names);
        }
        var paths = ClientPaths.find(anchors, shown);
        if (paths.isEmpty()) {
            throw new ClientRefusal(
                    Kind.UNKNOWN_CA, "nobody trusted is called " + ClientPaths.missingIssuers(anchors, shown));
        }
        ClientRefusal first = null;
        for (var path : paths) {
            try {
                PathRules.check(path, weak);
                validate(path, verifier);
                return admitted(path, names);
            } catch (ClientRefusal refusal) {
                first = first == null ? refusal : first;
            }
        }
        throw first == null ? new ClientRefusal(Kind.CHAIN, "no path holds") : first;
    }

    private ClientIdentity admitted(Path path, ClientNames names) throws ClientRefusal {
        if (!allowed.admit(names)) {
            throw new ClientRefusal(Kind.NOT_ALLOWED, "neither its subject nor an alternative name is in the lists");
        }
        return new ClientIdentity(path.certificates(), names.alternatives());
    }

    /// Whether a client shows the very certificate that is trusted, which needs nobody to vouch for it.
    private boolean isPinned(X509Certificate leaf) {
        return anchors.contains(leaf) && !PathRules.isAuthority(leaf);
    }

    private void validatePinned(X509Certificate leaf) throws ClientRefusal {
        try {
            leaf.checkValidity();
        } catch (CertificateExpiredException | CertificateNotYetValidException _) {
            throw new ClientRefusal(Kind.EXPIRED, "it is not valid now");
        }
        var lists = revoked;
        if (lists == null) {
            return;
        }
        var now = Instant.now();
        boolean known = false;
        for (var list : lists) {
            if (list.getIssuerX500Principal().equals(leaf.getIssuerX500Principal())) {
                if (list.isRevoked(leaf)) {
                    throw new ClientRefusal(Kind.REVOKED, "it is revoked");
                }
                known |= list.getNextUpdate() == null
                        || list.getNextUpdate().toInstant().isAfter(now);
            }
        }
        if (!known) {
            throw new ClientRefusal(Kind.UNKNOWN_STATUS, "no list that is valid now says whether it is revoked");
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
                && weak == its.weak
                && anchors.equals(its.anchors)
                && Objects.equals(revoked, its.revoked)
                && allowed.equals(its.allowed);
    }

    @Override
    public int hashCode() {
        return anchors.hashCode() * 31 + allowed.hashCode();
    }
}
