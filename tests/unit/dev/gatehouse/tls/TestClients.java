package dev.gatehouse.tls;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.jsse.BCSSLEngine;
import org.bouncycastle.jsse.BCSSLParameters;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;

/// Client engines that trust everybody.
final class TestClients {
    private TestClients() {}

    static final String NAME = "shop.example.com";

    private static final SSLContext SUN;
    private static final SSLContext BC;

    static {
        try {
            TlsLogging.quiet();
            SUN = SSLContext.getInstance("TLS", "SunJSSE");
            SUN.init(null, new TrustManager[] {new TrustAll()}, null);
            BC = SSLContext.getInstance(
                    "TLS", new BouncyCastleJsseProvider(false, Primitives.of(new DefaultJcaJceHelper())));
            BC.init(null, new TrustManager[] {new TrustAll()}, null);
        } catch (GeneralSecurityException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// The JDK's client; knows no hybrid groups.
    static SSLEngine sun(String version, String... groups) {
        var engine = SUN.createSSLEngine(NAME, 443);
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setServerNames(List.of(new SNIHostName(NAME)));
        if (groups.length > 0) {
            parameters.setNamedGroups(groups);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /// The same client, with whatever name on the wire.
    static SSLEngine naming(String version, String name) {
        var engine = SUN.createSSLEngine(); // with a peer's host it would name that
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setServerNames(List.of(new SNIServerName(0, name.getBytes(StandardCharsets.US_ASCII)) {}));
        engine.setSSLParameters(parameters);
        return engine;
    }

    static SSLEngine withSuites(SSLEngine engine, String... suites) {
        var parameters = engine.getSSLParameters();
        parameters.setCipherSuites(suites);
        engine.setSSLParameters(parameters);
        return engine;
    }

    static SSLEngine withAlpn(SSLEngine engine, String... protocols) {
        var parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
        return engine;
    }

    /// BouncyCastle's client.
    ///
    /// @param shares groups for which it sends a key share at once; more groups are only offered
    static SSLEngine bc(String version, String[] shares, String... groups) {
        var engine = BC.createSSLEngine(NAME, 443);
        engine.setUseClientMode(true);
        BCSSLParameters parameters = ((BCSSLEngine) engine).getParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setNamedGroups(groups);
        parameters.setEarlyKeyShares(shares);
        parameters.setServerNames(List.of(new org.bouncycastle.jsse.BCSNIHostName(NAME)));
        ((BCSSLEngine) engine).setParameters(parameters);
        return engine;
    }

    private static final class TrustAll extends X509ExtendedTrustManager {
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
