package dev.gatehouse.tls;

import dev.gatehouse.http.ClientIdentity;
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
    private @Nullable ClientIdentity client;
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

    void clientVerified(ClientIdentity verified) {
        client = verified;
    }

    void clientRefused(ClientRefusal refusal) {
        clientRefusal = refusal;
    }

    /// The certificate that the client showed, whatever became of it.
    @Nullable
    X509Certificate clientLeaf() {
        return clientLeaf;
    }

    /// Who the client says it is, once its certificate was found good; null before, and without one. It is true only
    /// when the handshake is done: then the client has proved that it has the key.
    @Nullable
    ClientIdentity client() {
        return client;
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
