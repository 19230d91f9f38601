package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.loop.LoopEndPoint;
import dev.gatehouse.memory.GrowingWindows;
import dev.gatehouse.observe.RateLimited;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes HTTP/2 connections (RFC 9113): over TLS, and over plaintext by prior knowledge (§3.3). The upgrade from
/// HTTP/1.1 is not offered; RFC 9113 withdrew it.
final class H2cFactory extends HTTP2CServerConnectionFactory {
    /// What it may send where bodies are taken.
    static final int STREAM_WINDOW = 512 * 1024;
    private static final int SESSION_WINDOW = 2 * 1024 * 1024;

    /// What a client may send of bodies that nobody takes.
    private static final int STREAM_WINDOW_AT_FIRST = 64 * 1024;
    private static final int SESSION_WINDOW_AT_FIRST = 256 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(H2cFactory.class);
    private static final int LINES_PER_MINUTE = 10;

    private final RateLimited log = new RateLimited(LOG, LINES_PER_MINUTE);
    private final Front front;

    H2cFactory(HttpConfiguration configuration, Front front) {
        super(configuration);
        this.front = front;
        setMaxConcurrentStreams(front.limits().maxConcurrentStreams());
        setConnectProtocolEnabled(false);
        setInitialStreamRecvWindow(STREAM_WINDOW_AT_FIRST);
        setInitialSessionRecvWindow(SESSION_WINDOW_AT_FIRST);
        setUseInputDirectByteBuffers(true);
        setUseOutputDirectByteBuffers(true);
    }

    /// Only for prior knowledge on a plaintext connection: the client's preface stood where a request line stands.
    @Override
    public @Nullable Connection upgradeConnection(
            Connector connector, EndPoint endPoint, MetaData.Request request, HttpFields.Mutable response101) {
        if (!HttpMethod.PRI.is(request.getMethod()) || !(endPoint instanceof LoopEndPoint socket)) {
            return null;
        }
        var client = new ClientConnection(socket.getRemoteSocketAddress(), socket.getLocalSocketAddress(), false, null);
        socket.attach(client);
        var connection = connect(connector, endPoint, socket, client);
        connection.upgrade(request, response101);
        return connection;
    }

    /// An HTTP/2 connection with a client.
    ///
    /// @param endPoint the socket, or its TLS end
    Http2Connection connect(Connector connector, EndPoint endPoint, LoopEndPoint socket, ClientConnection client) {
        var listener = newSessionListener(connector, endPoint);
        var buffers = connector.getByteBufferPool();
        var told = new Http2Faults(log, client);
        var policy = new FloodPolicy(told::closing);
        var generator = new Http2Generator(buffers, policy);
        generator.getHpackEncoder().setMaxHeaderListSize(Http2Connection.HEAD_BYTES);
        // What is sent was parsed strictly or is ours.
        generator.getHpackEncoder().setValidateEncoding(false);
        var parser = new Http2Parser(buffers, HeadCheck.mostBytes(front.limits()), policy);
        parser.setMaxSettingsKeys(getMaxSettingsKeys());
        var session = new Http2Session(
                connector.getScheduler(),
                endPoint,
                parser,
                generator,
                listener,
                new GrowingWindows(
                        ((FrontConnector) connector).underWay().budget(),
                        SESSION_WINDOW_AT_FIRST,
                        STREAM_WINDOW - STREAM_WINDOW_AT_FIRST,
                        SESSION_WINDOW - SESSION_WINDOW_AT_FIRST),
                new Traffic(endPoint, socket),
                told::refused);
        session.setMaxLocalStreams(getMaxConcurrentStreams());
        session.setMaxRemoteStreams(getMaxConcurrentStreams());
        session.setMaxEncoderTableCapacity(getMaxEncoderTableCapacity());
        // Exchanges have limits of their own.
        session.setStreamIdleTimeout(-1);
        session.setInitialSessionRecvWindow(getInitialSessionRecvWindow());
        session.setWriteThreshold(getHttpConfiguration().getOutputBufferSize());
        session.setConnectProtocolEnabled(isConnectProtocolEnabled());
        var connection = new Http2Connection(
                connector, endPoint, getHttpConfiguration(), session, listener, front, client, policy, told);
        connection.setUseInputDirectByteBuffers(isUseInputDirectByteBuffers());
        connection.setUseOutputDirectByteBuffers(isUseOutputDirectByteBuffers());
        parser.init(connection);
        return connection;
    }
}
