package dev.gatehouse.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// TLS towards backends: the JDK's own engine, whose client side is the better looked after. Any thread.
///
/// Its methods name only types of the JDK, so that they can be handed to those who may not know this package.
public final class UpstreamTls {
    private static final String PROVIDER = "SunJSSE";
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    /// One context per kind of trust, for the sessions that it keeps.
    private static final Map<Trust, SSLContext> CONTEXTS = new ConcurrentHashMap<>();

    private UpstreamTls() {}

    /// What a context trusts. A bundle that was written anew is another one.
    private record Trust(@Nullable Path caFile, long modified, long size, boolean everybody) {}

    /// A context for connections to backends; the same one for the same trust.
    ///
    /// @param caFile PEM bundle of the authorities to trust; null for those of the Java runtime
    /// @param insecureSkipVerify trusts everybody, so that encryption protects against listeners only
    /// @throws PemException when the bundle cannot be used
    public static SSLContext context(@Nullable Path caFile, boolean insecureSkipVerify) throws PemException {
        var trust = trust(caFile, insecureSkipVerify);
        var known = CONTEXTS.get(trust);
        if (known != null) {
            return known;
        }
        var authorities = caFile == null || insecureSkipVerify ? null : PemFiles.certificates(caFile);
        try {
            var made = SSLContext.getInstance("TLS", PROVIDER);
            made.init(
                    null, insecureSkipVerify ? new TrustManager[] {new TrustEverybody()} : managers(authorities), null);
            CONTEXTS.keySet().removeIf(old -> caFile != null && caFile.equals(old.caFile) && !old.equals(trust));
            var raced = CONTEXTS.putIfAbsent(trust, made);
            return raced == null ? made : raced;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("no TLS in this Java runtime", e);
        }
    }

    /// An engine for one connection. Nothing is checked before its handshake: a certificate that is not trusted, or
    /// not the host's, ends the handshake with an `SSLHandshakeException`.
    ///
    /// @param host a name, which is sent as SNI, or an address, which is not (RFC 6066 §3)
    /// @param verifyHost whether the certificate must be the host's (RFC 9110 §4.3.4)
    /// @param alpn offered in this order; empty to offer none
    public static SSLEngine newClientEngine(
            SSLContext context, String host, int port, boolean verifyHost, List<String> alpn) {
        boolean address = isAddress(host);
        String peer = address ? withoutBrackets(host) : withoutLastDot(host);
        var engine = context.createSSLEngine(peer, port);
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        parameters.setServerNames(address ? List.of() : serverNames(peer));
        if (verifyHost) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        parameters.setApplicationProtocols(alpn.toArray(String[]::new));
        engine.setSSLParameters(parameters);
        return engine;
    }

    /// Nothing for what the JDK takes for no host name, such as one with an underscore; it verifies none of these.
    private static List<SNIServerName> serverNames(String host) {
        try {
            return List.of(new SNIHostName(host));
        } catch (IllegalArgumentException _) {
            return List.of();
        }
    }

    private static Trust trust(@Nullable Path caFile, boolean everybody) {
        if (everybody || caFile == null) {
            return new Trust(null, 0, 0, everybody);
        }
        try {
            return new Trust(caFile, Files.getLastModifiedTime(caFile).toMillis(), Files.size(caFile), false);
        } catch (IOException _) {
            return new Trust(caFile, 0, 0, false); // reading it will tell what is wrong
        }
    }

    private static TrustManager[] managers(@Nullable List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        var factory = TrustManagerFactory.getInstance("PKIX");
        if (authorities == null) {
            factory.init((KeyStore) null);
        } else {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("ca" + i, authorities.get(i));
            }
            factory.init(store);
        }
        return factory.getTrustManagers();
    }

    private static boolean isAddress(String host) {
        try {
            InetAddress.ofLiteral(withoutBrackets(host));
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static String withoutLastDot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /// Extended, because the JDK would wrap any other one and check the host's name by itself.
    private static final class TrustEverybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
