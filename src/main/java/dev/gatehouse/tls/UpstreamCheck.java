package dev.gatehouse.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Java's own verification of a server, and two rules beside it: a trusted certificate that is no CA vouches for
/// itself only, and a name is looked for among the alternative names alone (RFC 9110 §4.3.4, RFC 9525 §2), where Java
/// falls back to the common name.
final class UpstreamCheck extends X509ExtendedTrustManager {
    /// Of an alternative name (RFC 5280 §4.2.1.6).
    private static final int DNS = 2;

    /// Trusts the CAs; null where there is none.
    private final @Nullable X509ExtendedTrustManager authorities;
    /// Trusts what is no CA; null where there is none.
    private final @Nullable X509ExtendedTrustManager pinning;

    private final Set<X509Certificate> pinned;

    private UpstreamCheck(
            @Nullable X509ExtendedTrustManager authorities,
            @Nullable X509ExtendedTrustManager pinning,
            Set<X509Certificate> pinned) {
        this.authorities = authorities;
        this.pinning = pinning;
        this.pinned = Set.copyOf(pinned);
    }

    /// @param trusted null for those of the Java runtime
    static UpstreamCheck of(@Nullable List<X509Certificate> trusted) throws GeneralSecurityException, IOException {
        if (trusted == null) {
            return new UpstreamCheck(manager(null), null, Set.of());
        }
        var authorities = new HashSet<X509Certificate>();
        var pinned = new HashSet<X509Certificate>();
        trusted.forEach(each -> (PathRules.isAuthority(each) ? authorities : pinned).add(each));
        return new UpstreamCheck(
                authorities.isEmpty() ? null : manager(authorities), pinned.isEmpty() ? null : manager(pinned), pinned);
    }

    private static X509ExtendedTrustManager manager(@Nullable Collection<X509Certificate> trusted)
            throws GeneralSecurityException, IOException {
        var factory = TrustManagerFactory.getInstance("PKIX");
        if (trusted == null) {
            factory.init((KeyStore) null);
        } else {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (var certificate : trusted) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
            factory.init(store);
        }
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        var leaf = chain[0];
        if (pinning != null && pinned.contains(leaf)) {
            leaf.checkValidity(); // Java takes what it has itself at any time
            pinning.checkServerTrusted(chain, authType, engine);
        } else if (authorities != null) {
            authorities.checkServerTrusted(chain, authType, engine);
        } else {
            throw new CertificateException(
                    "unable to find valid certification path: ca_path holds no CA, and not this certificate");
        }
        var host = engine.getPeerHost();
        if ((host == null || !UpstreamTrust.isAddress(host)) && !hasName(leaf)) {
            throw new CertificateException("No subject alternative DNS name matching " + host
                    + " found: it has none, and the common name is not looked at");
        }
    }

    private static boolean hasName(X509Certificate leaf) throws CertificateException {
        var names = leaf.getSubjectAlternativeNames();
        return names != null && names.stream().anyMatch(name -> name.getFirst().equals(DNS));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0]; // for servers
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("only for engines");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("only for engines");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("only for servers");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("only for servers");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("only for servers");
    }
}
