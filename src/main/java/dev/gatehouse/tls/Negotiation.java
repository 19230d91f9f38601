package dev.gatehouse.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.bouncycastle.jsse.BCApplicationProtocolSelector;
import org.jspecify.annotations.Nullable;

/// What was decided about one connection before its engine was made.
///
/// It hangs on the engine as the selector of the application protocol, the one object of ours that an engine
/// carries: so the key manager, which serves all sites, finds the site of the engine that asks.
final class Negotiation implements BCApplicationProtocolSelector<SSLEngine> {
    private final Site site;
    private final @Nullable String alpn;
    private final @Nullable Group group13;
    private final @Nullable Group group12;
    private boolean keyAsked;
    private boolean keyGiven;
    private @Nullable X509Certificate clientLeaf;
    private List<X509Certificate> clientPath = List.of();
    private @Nullable ClientRefusal clientRefusal;

    /// @param alpn one that the client offers; null to agree on none
    /// @param group13 the group that the engine will take in TLS 1.3; null when there is none
    /// @param group12 the same in TLS 1.2
    Negotiation(Site site, @Nullable String alpn, @Nullable Group group13, @Nullable Group group12) {
        this.site = site;
        this.alpn = alpn;
        this.group13 = group13;
        this.group12 = group12;
    }

    Site site() {
        return site;
    }

    /// Told by the key manager. A resumed session needs no key.
    ///
    /// @param given whether there is one of the wanted kind
    void keyAsked(boolean given) {
        keyAsked = true;
        keyGiven |= given;
    }

    /// Whether a key was found that both sides can use.
    boolean keyGiven() {
        return keyGiven;
    }

    /// Told by the trust manager before it decides.
    void clientShows(X509Certificate leaf) {
        clientLeaf = leaf;
    }

    void clientVerified(List<X509Certificate> path) {
        clientPath = path;
    }

    void clientRefused(ClientRefusal refusal) {
        clientRefusal = refusal;
    }

    /// The certificate that the client showed, whatever became of it.
    @Nullable
    X509Certificate clientLeaf() {
        return clientLeaf;
    }

    /// The client's certificate and what leads to a trusted authority. It is the client's own only when the handshake
    /// is done: then the client has proved that it has the key.
    List<X509Certificate> clientPath() {
        return clientPath;
    }

    @Nullable
    ClientRefusal clientRefusal() {
        return clientRefusal;
    }

    /// The group of the key exchange; null when there was none, as in a resumed session.
    @Nullable
    Group group(boolean tls13) {
        if (!keyAsked) {
            return null;
        }
        return tls13 ? group13 : group12;
    }

    @Override
    public String select(SSLEngine engine, List<String> offered) {
        return alpn == null ? "" : alpn;
    }
}
