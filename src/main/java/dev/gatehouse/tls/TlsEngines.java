package dev.gatehouse.tls;

import dev.gatehouse.config.TlsConfig;
import dev.gatehouse.http.ClientIdentity;
import dev.gatehouse.http.TlsInfo;
import dev.gatehouse.tls.ClientRefusal.Kind;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import org.bouncycastle.jsse.BCSSLEngine;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/// Makes the server's TLS engines: BouncyCastle JSSE over [Primitives]. One per process, any thread.
///
/// Sites share one context, but for those that ask clients for a certificate; an engine carries its site. So a site
/// costs no more than its certificate.
public final class TlsEngines {
    /// Largest plaintext of a record, which is the largest that an unwrap gives.
    public static final int MAX_PLAINTEXT = 1 << 14;

    /// Room for any record that an engine writes or reads (RFC 5246 §6.2.3, and what the engine itself asks for).
    public static final int MAX_RECORD = 18_443;

    /// Sessions of TLS 1.2 clients kept for resumption, over all sites.
    private static final int SESSION_CACHE = 2_000;

    private static final int SESSION_SECONDS = 600;

    /// How BouncyCastle calls an engine in its messages: `[server #12 @5ac7aa18] `.
    private static final Pattern OBJECT_ID = Pattern.compile("\\[server #\\d+ @[0-9a-f]+\\] ");

    private static final AtomicLong NEVER_TWICE = new AtomicLong();

    private final BouncyCastleJsseProvider provider;
    private final String inUse;
    private final @Nullable String whyNotNative;
    private final @Nullable Provider verifier;
    /// Of the sites that ask no client for a certificate.
    private final SSLContext context;

    private TlsEngines(Primitives primitives, @Nullable String whyNotNative) {
        this.whyNotNative = whyNotNative;
        provider = new BouncyCastleJsseProvider(false, primitives);
        inUse = primitives.inUse();
        verifier = primitives.verifier();
        context = context(new TrustManager[0], SESSION_CACHE);
    }

    /// Engines over Java's primitives.
    public static TlsEngines create() {
        return over(Primitives.javaOnly());
    }

    /// Engines over the primitives that are wanted, or Java's where there is no native code for this machine.
    public static TlsEngines create(TlsConfig.Primitives wanted) {
        if (wanted == TlsConfig.Primitives.JDK) {
            return create();
        }
        try {
            return over(Primitives.nativeCode(wanted == TlsConfig.Primitives.NATIVE));
        } catch (NativeUnavailable unavailable) {
            return new TlsEngines(Primitives.javaOnly(), unavailable.getMessage());
        }
    }

    /// Whose cryptography is in use, for people: `rsa=native ... hmac=java`.
    public String primitives() {
        return inUse;
    }

    /// Why native code is not in use although it was wanted; null where it is, or was not wanted.
    public @Nullable String whyNotNative() {
        return whyNotNative;
    }

    static TlsEngines over(Primitives primitives) {
        return new TlsEngines(primitives, null);
    }

    private SSLContext context(TrustManager[] trust, int sessions) {
        try {
            var made = SSLContext.getInstance("TLS", provider);
            made.init(new KeyManager[] {new EngineKeys()}, trust, null);
            made.getServerSessionContext().setSessionCacheSize(sessions);
            made.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no TLS in this Java runtime", e);
        }
    }

    private SSLContext context(Site site) {
        var clients = site.clients();
        return clients == null
                ? context
                : clients.context(this, trust -> context(new TrustManager[] {new ClientCheck(trust, verifier)}, 1));
    }

    /// A server's engine, ready for the first byte of the connection: the ClientHello is given to it once more.
    ///
    /// It never asks to run a task, and refuses renegotiation. Its protocol selector must not be replaced.
    ///
    /// @param hello decides which group the engine will choose; nothing of it is kept
    /// @param alpn one that `hello` offers; null to agree on none
    public SSLEngine newEngine(Site site, ClientHello hello, @Nullable String alpn) {
        var setup = site.setup();
        SSLEngine engine = context(site).createSSLEngine();
        engine.setUseClientMode(false);
        var ours = (BCSSLEngine) engine;
        ours.setParameters(hello.hasOddName() ? setup.oddNames() : setup.parameters());
        if (site.clients() != null || hello.hasOddName()) {
            neverResumed(ours);
        }
        ours.setBCHandshakeApplicationProtocolSelector(
                new Negotiation(site, alpn, setup.group13(hello), setup.group12(hello)));
        return engine;
    }

    /// Lets no other engine resume the session of this one: its client would pass by with a certificate that was
    /// revoked, has expired or is not trusted any more; or under another name, where the engine knows none. Engines
    /// resume only sessions with their own way to identify the other end, for which a server has no other use.
    private static void neverResumed(BCSSLEngine engine) {
        var own = engine.getParameters();
        own.setEndpointIdentificationAlgorithm("none-" + NEVER_TWICE.incrementAndGet());
        engine.setParameters(own);
    }

    /// To be asked when the handshake is done; costs some allocations, so ask once per connection.
    ///
    /// @return what was agreed on
    public static TlsInfo completed(SSLEngine engine) {
        var session = engine.getSession();
        var negotiation = negotiation(engine);
        String version = session.getProtocol();
        Group group = negotiation == null ? null : negotiation.group(version.equals("TLSv1.3"));
        ClientIdentity client = null;
        if (negotiation != null && negotiation.site().clients() != null) {
            client = Objects.requireNonNullElse(negotiation.client(), ClientIdentity.NONE);
        }
        return new TlsInfo(version, session.getCipherSuite(), group == null ? "-" : group.ianaName, client);
    }

    /// What a handshake failed of.
    public static HandshakeFailure failure(SSLEngine engine, Throwable cause) {
        var negotiation = negotiation(engine);
        var root = root(cause);
        var words = OBJECT_ID.matcher(String.valueOf(root.getMessage())).replaceAll("");
        if (negotiation == null || negotiation.site().clients() == null) {
            return new HandshakeFailure("tls.handshake", null, words);
        }
        var leaf = negotiation.clientLeaf();
        var subject = leaf == null ? null : leaf.getSubjectX500Principal().getName();
        var refusal = negotiation.clientRefusal();
        if (refusal == null && root instanceof TlsFatalAlert alert) {
            refusal = clientRefusal(negotiation, alert);
        }
        return refusal == null
                ? new HandshakeFailure("tls.handshake", subject, words)
                : new HandshakeFailure(refusal.kind().token, subject, String.valueOf(refusal.getMessage()));
    }

    /// What BouncyCastle itself refuses of a client's certificate; null for something else.
    private static @Nullable ClientRefusal clientRefusal(Negotiation negotiation, TlsFatalAlert alert) {
        // In TLS 1.2, once there is a key for both sides, it fails a handshake in this way for nothing else.
        boolean none = alert.getAlertDescription() == Alerts.CERTIFICATE_REQUIRED
                || (alert.getAlertDescription() == Alerts.HANDSHAKE_FAILURE && negotiation.keyGiven());
        if (none) {
            return new ClientRefusal(Kind.NO_CERTIFICATE, "the client shows no certificate");
        }
        var words = String.valueOf(alert.getMessage());
        return words.contains("chain longer than maximum") || words.contains("exceeds the maximum: certificate(11)")
                ? new ClientRefusal(Kind.CHAIN, words)
                : null;
    }

    private static Throwable root(Throwable cause) {
        var deepest = cause;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest;
    }

    private static @Nullable Negotiation negotiation(SSLEngine engine) {
        return engine instanceof BCSSLEngine ours
                        && ours.getBCHandshakeApplicationProtocolSelector() instanceof Negotiation negotiation
                ? negotiation
                : null;
    }
}
