package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.loop.LoopEndPoint;
import dev.gatehouse.loop.Loops;
import dev.gatehouse.memory.BufferPool;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/// What Jetty's connections ask of a connector: executor, timers, buffers, configuration. It has no socket: listeners
/// do.
final class FrontConnector extends AbstractConnector {
    private static final HttpCompliance COMPLIANCE =
            HttpCompliance.STRICT.with("GATEHOUSE", HttpCompliance.Violation.UNSAFE_HOST_HEADER);

    private final Front front;
    private final Loops loops;
    private final H2cFactory http2;
    private final BooleanSupplier draining;
    private final RequestsUnderWay underWay;

    /// @param draining whether each answer is to be the last of its connection
    FrontConnector(
            Server server,
            Loops loops,
            ByteBufferPool buffers,
            Front front,
            BooleanSupplier draining,
            RequestsUnderWay underWay) {
        this(server, loops, buffers, front, draining, underWay, new H2cFactory(configuration(front.limits()), front));
    }

    private FrontConnector(
            Server server,
            Loops loops,
            ByteBufferPool buffers,
            Front front,
            BooleanSupplier draining,
            RequestsUnderWay underWay,
            H2cFactory http2) {
        super(server, loops.getExecutor(), loops.getScheduler(), buffers, 0, http2);
        this.front = front;
        this.loops = loops;
        this.draining = draining;
        this.underWay = underWay;
        this.http2 = http2;
    }

    private static HttpConfiguration configuration(LimitsConfig limits) {
        var made = new HttpConfiguration();
        made.setSendServerVersion(false);
        made.setSendDateHeader(false);
        // What Host may be is decided by our parser and by routing.
        made.setHttpCompliance(COMPLIANCE);
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

    Front front() {
        return front;
    }

    RequestsUnderWay underWay() {
        return underWay;
    }

    Loops loops() {
        return loops;
    }

    /// An HTTP/1 connection with a client.
    ///
    /// @param endPoint the socket, or its TLS end
    Http1Connection http1(EndPoint endPoint, LoopEndPoint socket, ClientConnection client) {
        endPoint.setIdleTimeout(front.timeouts().clientIdle().toMillis());
        return new Http1Connection(http2.getHttpConfiguration(), this, endPoint, socket, front, client);
    }

    /// An HTTP/2 connection with a client.
    Http2Connection http2(EndPoint endPoint, LoopEndPoint socket, ClientConnection client) {
        endPoint.setIdleTimeout(front.timeouts().clientIdle().toMillis());
        return http2.connect(this, endPoint, socket, client);
    }

    /// Whether less patience is to be had with clients.
    boolean memoryIsShort() {
        return getByteBufferPool() instanceof BufferPool pool && pool.budget().isShort();
    }

    /// Whether each answer is to be the last of its connection.
    boolean draining() {
        return draining.getAsBoolean();
    }

    /// Jetty would also close behind answers whose head was sent before a drain and promised something else.
    @Override
    public boolean isShutdown() {
        return false;
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
