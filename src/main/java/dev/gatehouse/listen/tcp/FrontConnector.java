package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.loop.Loops;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/// What Jetty's connections ask of a connector: executor, timers, buffers, configuration. It has no socket: listeners do.
final class FrontConnector extends AbstractConnector {
    private final HttpConfiguration configuration;

    FrontConnector(Server server, Loops loops, ByteBufferPool buffers, LimitsConfig limits, H2cFactory h2c) {
        super(server, loops.getExecutor(), loops.getScheduler(), buffers, 0, h2c);
        this.configuration = configuration(limits);
    }

    private static HttpConfiguration configuration(LimitsConfig limits) {
        var made = new HttpConfiguration();
        made.setSendServerVersion(false);
        made.setSendDateHeader(false);
        made.setHttpCompliance(HttpCompliance.STRICT);
        // Paths are `route`'s business: what Jetty calls ambiguous is decided there.
        made.setUriCompliance(UriCompliance.UNSAFE);
        made.setRequestHeaderSize(limits.requestHeaderBytes());
        made.setResponseHeaderSize(8 * 1024);
        made.setMaxResponseHeaderSize(128 * 1024);
        made.setOutputBufferSize(32 * 1024);
        made.setInputBufferSize(16 * 1024);
        made.setHeaderCacheSize(1024);
        return made;
    }

    HttpConfiguration httpConfiguration() {
        return configuration;
    }

    @Override
    protected void accept(int acceptor) {
        throw new UnsupportedOperationException("listeners accept");
    }

    @Override
    public @Nullable Object getTransport() {
        return null;
    }
}
