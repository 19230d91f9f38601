package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.loop.Acceptor;
import dev.gatehouse.loop.LoopEndPoint;
import dev.gatehouse.loop.Loops;
import dev.gatehouse.loop.Opening;
import dev.gatehouse.observe.RateLimited;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The listening sockets, and the connections that came through them.
public final class TcpListeners implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpListeners.class);
    private static final int LINES_PER_MINUTE = 10;

    private final Loops loops;
    private final FrontConnector connector;
    private final ClientLimits limits;
    private final Duration handling;
    private final Handshakes handshakes;
    private final RateLimited log = new RateLimited(LOG, LINES_PER_MINUTE);
    private final List<Socket> sockets = new ArrayList<>();
    private final Set<LoopEndPoint> open = ConcurrentHashMap.newKeySet();

    /// Listeners without a socket.
    ///
    /// @param loops started before [#start()]
    public TcpListeners(Front front, Loops loops, ByteBufferPool buffers) {
        this.loops = loops;
        // Jetty's connections want a server to ask for the pools; it is never started and has no handler.
        var server = new Server(loops.threadPool(), loops.getScheduler(), buffers);
        connector = new FrontConnector(server, loops, buffers, front);
        limits = new ClientLimits(front.limits());
        handling = front.timeouts().connectionHandling();
        handshakes = new Handshakes(connector, log);
    }

    private record Socket(ServerSocketChannel channel, InetSocketAddress address, boolean tls) {}

    /// Binds a socket; clients wait in its queue until [#start()].
    ///
    /// @param address with port 0 for any free one
    /// @param backlog length of the kernel's accept queue
    /// @param tls whether its clients speak TLS
    /// @return the address with its port
    /// @throws IOException as from `bind(2)`: the port is taken, the address is not ours, the right is missing
    public InetSocketAddress bind(InetSocketAddress address, int backlog, boolean tls) throws IOException {
        var channel = ServerSocketChannel.open(
                address.getAddress() instanceof Inet6Address
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.configureBlocking(false);
            channel.bind(address, backlog);
            var bound = (InetSocketAddress) channel.getLocalAddress();
            sockets.add(new Socket(channel, bound, tls));
            return bound;
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    /// Begins to accept.
    public void start() {
        for (int i = 0; i < sockets.size(); i++) {
            var socket = sockets.get(i);
            loops.listen(socket.channel, loops.get(i % loops.count()), new Accepting(socket));
        }
    }

    private final class Accepting extends Acceptor {
        private final Socket socket;

        Accepting(Socket socket) {
            super(socket.channel);
            this.socket = socket;
        }

        @Override
        protected void accepted(SocketChannel channel) throws IOException {
            var remote = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
            var full = limits.enter(remote);
            if (full != null) {
                log.log(
                        Level.WARN,
                        full,
                        "client refused client={} reason=conn.limit limit={}",
                        remote.getHostAddress(),
                        full);
                channel.close();
                return;
            }
            try {
                loops.adopt(channel, loops.nextLoop(), new Client(remote, socket.tls));
            } catch (RuntimeException stopping) {
                limits.leave(remote);
                throw new IOException(stopping);
            }
        }
    }

    /// A connection that was accepted, on its loop.
    private final class Client implements Opening {
        private final InetAddress remote;
        private final boolean tls;

        Client(InetAddress remote, boolean tls) {
            this.remote = remote;
            this.tls = tls;
        }

        @Override
        public Connection open(LoopEndPoint endPoint) {
            open.add(endPoint);
            endPoint.whenClosed(() -> {
                limits.leave(remote);
                open.remove(endPoint);
            });
            if (!handling.isZero()) {
                var timer = endPoint.loop()
                        .schedule(
                                () -> endPoint.close(new IOException("too old")),
                                handling.toMillis(),
                                TimeUnit.MILLISECONDS);
                endPoint.whenClosed(timer::cancel);
            }
            if (tls) {
                return handshakes.begin(endPoint);
            }
            var client = new ClientConnection(
                    endPoint.getRemoteSocketAddress(), endPoint.getLocalSocketAddress(), false, null);
            return connector.http1(endPoint, endPoint, client);
        }

        @Override
        public void failed(Throwable cause) {
            limits.leave(remote);
        }
    }

    /// How many client connections there are.
    public int connections() {
        return limits.count();
    }

    /// Accepts no more, and ends each connection after its current answer.
    public void drain() {
        connector.drain();
        for (var socket : sockets) {
            try {
                socket.channel.close();
            } catch (IOException gone) {
                LOG.debug("closing a listener failed", gone);
            }
        }
    }

    /// Ends everything at once.
    @Override
    public void close() {
        drain();
        for (var endPoint : open) {
            endPoint.loop().execute(() -> endPoint.close(new IOException("shutting down")));
        }
    }
}
