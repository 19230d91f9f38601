package dev.gatehouse.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Whom connections to a backend trust, and the TLS of those connections: the JDK's own. Immutable, any thread.
///
/// Two that trust the same are equal, whatever their files were called, so that what hangs on one can live on when the
/// configuration is read again.
public final class UpstreamTrust {
    private static final String PROVIDER = "SunJSSE";
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private final boolean everybody;
    /// Null for those of the Java runtime.
    private final @Nullable List<X509Certificate> authorities;
    private final SSLContext context;

    private UpstreamTrust(boolean everybody, @Nullable List<X509Certificate> authorities) {
        this.everybody = everybody;
        this.authorities = authorities;
        try {
            context = SSLContext.getInstance("TLS", PROVIDER);
            context.init(
                    null, new TrustManager[] {everybody ? new TrustEverybody() : UpstreamCheck.of(authorities)}, null);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("no TLS in this Java runtime", e);
        }
    }

    /// Reads whom to trust.
    ///
    /// @param caFile PEM bundle of the authorities to trust; null for those of the Java runtime
    /// @param insecureSkipVerify trusts everybody, so that encryption protects against listeners only
    /// @throws PemException when the bundle cannot be used
    public static UpstreamTrust of(@Nullable Path caFile, boolean insecureSkipVerify) throws PemException {
        return new UpstreamTrust(
                insecureSkipVerify,
                caFile == null || insecureSkipVerify ? null : List.copyOf(PemFiles.certificates(caFile)));
    }

    /// For clients that make their own engines.
    public SSLContext context() {
        return context;
    }

    /// An engine for one connection. Nothing is checked before its handshake: a certificate that is not trusted, or
    /// not the host's (RFC 9110 §4.3.4), ends the handshake with an `SSLHandshakeException`.
    ///
    /// @param host a name, which is sent as SNI, or an address, which is not (RFC 6066 §3)
    /// @param alpn offered in this order; empty to offer none
    public SSLEngine newEngine(String host, int port, List<String> alpn) {
        boolean address = isAddress(host);
        String peer = address ? withoutBrackets(host) : withoutLastDot(host);
        var engine = context.createSSLEngine(peer, port);
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        parameters.setServerNames(address ? List.of() : serverNames(peer));
        if (!everybody) {
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

    static boolean isAddress(String host) {
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

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UpstreamTrust its
                && everybody == its.everybody
                && Objects.equals(authorities, its.authorities);
    }

    @Override
    public int hashCode() {
        return Objects.hash(everybody, authorities);
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
