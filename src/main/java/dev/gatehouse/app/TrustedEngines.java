package dev.gatehouse.app;

import dev.gatehouse.tls.UpstreamTrust;
import dev.gatehouse.upstream.Engines;
import java.util.List;
import javax.net.ssl.SSLEngine;

/// The TLS of connections with backends; equal where the same is trusted.
record TrustedEngines(UpstreamTrust trust) implements Engines {
    @Override
    public SSLEngine newEngine(String host, int port, List<String> alpn) {
        return trust.newEngine(host, port, alpn);
    }
}
