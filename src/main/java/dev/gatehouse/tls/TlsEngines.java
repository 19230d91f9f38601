package dev.gatehouse.tls;

import dev.gatehouse.http.TlsInfo;
import java.security.GeneralSecurityException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import org.bouncycastle.jsse.BCSNIMatcher;
import org.bouncycastle.jsse.BCSNIServerName;
import org.bouncycastle.jsse.BCSSLEngine;
import org.bouncycastle.jsse.BCSSLParameters;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.jspecify.annotations.Nullable;

/// Makes the server's TLS engines: BouncyCastle JSSE over [Primitives]. One per process, any thread.
///
/// All sites share one context; an engine carries its site. So a site costs no more than its certificate.
public final class TlsEngines {
    /// Largest plaintext of a record, which is the largest that an unwrap gives.
    public static final int MAX_PLAINTEXT = 1 << 14;

    /// Room for any record that an engine writes or reads (RFC 5246 §6.2.3, and what the engine itself asks for).
    public static final int MAX_RECORD = 18_443;

    /// Sessions of TLS 1.2 clients kept for resumption, over all sites.
    private static final int SESSION_CACHE = 2_000;

    private static final int SESSION_SECONDS = 600;

    private final SSLContext context;
    private final Map<KeyKind, Setup> setups = new EnumMap<>(KeyKind.class);

    private TlsEngines(SSLContext context) {
        this.context = context;
        for (KeyKind kind : KeyKind.values()) {
            setups.put(kind, Setup.of(kind));
        }
    }

    /// What engines of one kind of key have in common.
    ///
    /// @param groups in our order
    private record Setup(BCSSLParameters parameters, List<Group> groups) {
        private static Setup of(KeyKind kind) {
            var groups = kind.groups();
            var parameters =
                    new BCSSLParameters(kind.suites().toArray(String[]::new), new String[] {"TLSv1.3", "TLSv1.2"});
            parameters.setNamedGroups(
                    groups.stream().map(group -> group.ianaName).toArray(String[]::new));
            parameters.setSignatureSchemes(kind.schemes.toArray(String[]::new));
            parameters.setUseNamedGroupsOrder(true);
            parameters.setUseCipherSuitesOrder(true);
            parameters.setSNIMatchers(List.of(new AnyName()));
            return new Setup(parameters, groups);
        }

        /// TLS 1.3: the first of ours that the client has, be it with a second ClientHello (RFC 8446 §4.1.4).
        private @Nullable Group group13(ClientHello hello) {
            for (int i = 0; i < groups.size(); i++) {
                if (hello.offersGroup(groups.get(i).number)) {
                    return groups.get(i);
                }
            }
            return null;
        }

        /// TLS 1.2: the first of the client's that we have; ours when it names none (RFC 8422 §4).
        private @Nullable Group group12(ClientHello hello) {
            Group best = hello.namesGroups() ? null : Group.X25519;
            int bestPlace = Integer.MAX_VALUE;
            for (int i = 0; i < groups.size(); i++) {
                int place = hello.placeOfGroup(groups.get(i).number);
                if (!groups.get(i).hybrid && place >= 0 && place < bestPlace) {
                    best = groups.get(i);
                    bestPlace = place;
                }
            }
            return best;
        }
    }

    /// Engines over the fastest primitives that need no native code.
    public static TlsEngines create() {
        return over(Primitives.javaOnly());
    }

    static TlsEngines over(Primitives primitives) {
        try {
            var context = SSLContext.getInstance("TLS", new BouncyCastleJsseProvider(false, primitives));
            // No trust managers: no client is asked for a certificate.
            context.init(new KeyManager[] {new EngineKeys()}, new TrustManager[0], null);
            context.getServerSessionContext().setSessionCacheSize(SESSION_CACHE);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            return new TlsEngines(context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no TLS in this Java runtime", e);
        }
    }

    /// A server's engine, ready for the first byte of the connection: the ClientHello is given to it once more.
    ///
    /// It never asks to run a task, and refuses renegotiation. Its protocol selector must not be replaced.
    ///
    /// @param hello decides which group the engine will choose; nothing of it is kept
    /// @param alpn one that `hello` offers; null to agree on none
    public SSLEngine newEngine(Site site, ClientHello hello, @Nullable String alpn) {
        var setup = Objects.requireNonNull(setups.get(site.keys().kind()));
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        var ours = (BCSSLEngine) engine;
        ours.setParameters(setup.parameters);
        ours.setBCHandshakeApplicationProtocolSelector(
                new Negotiation(site, alpn, setup.group13(hello), setup.group12(hello)));
        return engine;
    }

    /// What a completed handshake agreed on; costs some allocations, so ask once per connection.
    public static TlsInfo info(SSLEngine engine) {
        var session = engine.getSession();
        String version = session.getProtocol();
        Group group = engine instanceof BCSSLEngine ours
                        && ours.getBCHandshakeApplicationProtocolSelector() instanceof Negotiation negotiation
                ? negotiation.group(version.equals("TLSv1.3"))
                : null;
        return new TlsInfo(version, session.getCipherSuite(), group == null ? "-" : group.ianaName);
    }

    /// Takes every name: which names exist was decided before the engine. With a matcher in place the engine
    /// resumes a session only under the name it was made for.
    private static final class AnyName extends BCSNIMatcher {
        private AnyName() {
            super(0);
        }

        @Override
        public boolean matches(BCSNIServerName name) {
            return true;
        }
    }
}
