package dev.gatehouse.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.Provider;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import org.bouncycastle.jsse.BCSSLEngine;
import org.bouncycastle.jsse.BCX509ExtendedTrustManager;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/// The trust manager of the engines of sites that trust the same clients.
final class ClientCheck extends BCX509ExtendedTrustManager {
    private final ClientTrust trust;
    private final @Nullable Provider verifier;
    private final X509Certificate[] authorities;

    /// @param verifier of signatures, where it can; null for Java's own
    ClientCheck(ClientTrust trust, @Nullable Provider verifier) {
        this.trust = trust;
        this.verifier = verifier;
        this.authorities = trust.anchors().toArray(X509Certificate[]::new);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (!(engine instanceof BCSSLEngine ours
                && ours.getBCHandshakeApplicationProtocolSelector() instanceof Negotiation negotiation)) {
            throw new CertificateException("not an engine of ours");
        }
        negotiation.clientShows(chain[0]);
        try {
            negotiation.clientVerified(trust.verify(chain, verifier));
        } catch (ClientRefusal refusal) {
            negotiation.clientRefused(refusal);
            // BouncyCastle turns a CertificateException into certificate_unknown, whatever it says.
            throw ClientCheck.<CertificateException>any(new TlsFatalAlert((short) refusal.kind().alert, refusal));
        }
    }

    /// Lets the caller throw an exception that it does not declare; BouncyCastle's declares it.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> E any(IOException exception) throws E {
        throw (E) exception;
    }

    /// What a server tells its clients they may choose from.
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.clone();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("only for engines");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("only for engines");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("only for clients");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("only for clients");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("only for clients");
    }
}
