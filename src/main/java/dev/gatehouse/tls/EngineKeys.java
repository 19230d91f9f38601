package dev.gatehouse.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import org.bouncycastle.jsse.BCSSLEngine;
import org.bouncycastle.jsse.BCX509ExtendedKeyManager;
import org.bouncycastle.jsse.BCX509Key;
import org.jspecify.annotations.NullUnmarked;

/// The key manager of all engines: asks the engine which site it serves and answers with that site's key.
///
/// Keys sit in memory and are handed out as they are. Aliases, sockets and client keys are for other uses.
@NullUnmarked // the inherited methods say "nothing" with null
final class EngineKeys extends BCX509ExtendedKeyManager {
    @Override
    public BCX509Key chooseEngineServerKeyBC(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        // The issuers are ignored: a site has one certificate, and a client may know how to complete its chain.
        if (engine instanceof BCSSLEngine ours
                && ours.getBCHandshakeApplicationProtocolSelector() instanceof Negotiation negotiation) {
            var key = negotiation.site().keys().choose(keyTypes);
            negotiation.keyAsked(key != null);
            return key;
        }
        return null;
    }

    @Override
    protected BCX509Key getKeyBC(String keyType, String alias) {
        return null;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return null;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return null;
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return null;
    }
}
