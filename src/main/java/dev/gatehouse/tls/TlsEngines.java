package dev.gatehouse.tls;

import dev.gatehouse.http.TlsInfo;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
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

/// Makes the server's TLS engines: BouncyCastle JSSE over the JDK's primitives. One per process, any thread.
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

    private static final List<String> SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final Group[] GROUPS = Group.values();
    private static final int[] GROUPS_12 = {Group.X25519.number, Group.SECP256R1.number, Group.SECP384R1.number};
    private static final int[] GROUPS_12_WITH_P521 = {
        Group.X25519.number, Group.SECP256R1.number, Group.SECP384R1.number, Group.SECP521R1.number
    };

    private final SSLContext context;
    private final BCSSLParameters parameters;
    private final BCSSLParameters parametersWithP521;

    private TlsEngines(SSLContext context) {
        this.context = context;
        this.parameters = parameters(false);
        this.parametersWithP521 = parameters(true);
    }

    /// Engines over the primitives of the JDK.
    public static TlsEngines create() {
        return over(new JdkPrimitives());
    }

    static TlsEngines over(JdkPrimitives primitives) {
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

    private static BCSSLParameters parameters(boolean withP521) {
        var groups = new ArrayList<String>();
        for (Group group : GROUPS) {
            if (withP521 || group != Group.SECP521R1) {
                groups.add(group.ianaName);
            }
        }
        var parameters = new BCSSLParameters(SUITES.toArray(String[]::new), new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setNamedGroups(groups.toArray(String[]::new));
        parameters.setUseNamedGroupsOrder(true);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setSNIMatchers(List.of(new AnyName()));
        return parameters;
    }

    /// A server's engine, ready for the first byte of the connection: the ClientHello is given to it once more.
    ///
    /// It never asks to run a task, and refuses renegotiation. Its protocol selector must not be replaced.
    ///
    /// @param hello decides which group the engine will choose; nothing of it is kept
    /// @param alpn one that `hello` offers; null to agree on none
    public SSLEngine newEngine(Site site, ClientHello hello, @Nullable String alpn) {
        boolean withP521 = site.keys().needsP521();
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        var ours = (BCSSLEngine) engine;
        ours.setParameters(withP521 ? parametersWithP521 : parameters);
        ours.setBCHandshakeApplicationProtocolSelector(
                new Negotiation(site, alpn, group13(hello, withP521), group12(hello, withP521)));
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

    /// TLS 1.3: the first of ours that the client supports, be it with a second ClientHello (RFC 8446 §4.1.4).
    private static @Nullable Group group13(ClientHello hello, boolean withP521) {
        for (Group group : GROUPS) {
            if (hello.offersGroup(group.number) && (withP521 || group != Group.SECP521R1)) {
                return group;
            }
        }
        return null;
    }

    /// TLS 1.2: the first of the client's that we support; ours when it names none (RFC 8422 §4).
    private static @Nullable Group group12(ClientHello hello, boolean withP521) {
        if (!hello.namesGroups()) {
            return Group.X25519;
        }
        int number = hello.firstGroup(withP521 ? GROUPS_12_WITH_P521 : GROUPS_12);
        for (Group group : GROUPS) {
            if (group.number == number) {
                return group;
            }
        }
        return null;
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
