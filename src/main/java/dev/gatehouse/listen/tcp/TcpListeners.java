package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.IpLiteral;
import dev.gatehouse.config.TimeoutsConfig;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.loop.Acceptor;
import dev.gatehouse.loop.LoopEndPoint;
import dev.gatehouse.loop.Loops;
import dev.gatehouse.loop.OpenFiles;
import dev.gatehouse.loop.Opening;
import dev.gatehouse.memory.BufferPool;
import dev.gatehouse.observe.RateLimited;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The listening sockets, and the connections that came through them. One thread at a time but for what says
/// otherwise.
public final class TcpListeners implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpListeners.class);
    private static final int LINES_PER_MINUTE = 10;
    /// Handshakes that may wait for their turn, per loop; then newcomers are not accepted.
    private static final int WAITING_HANDSHAKES = 4096;

    private final Loops loops;
    private final Server server;
    private final OpenFiles files;
    private final ClientLimits limits;
    private final RequestsUnderWay underWay;
    private final HandshakeBudget budget = new HandshakeBudget();
    private final HandshakeTurns.Crowd crowd;
    private final HandshakeTurns[] turns;
    private final RateLimited log = new RateLimited(LOG, LINES_PER_MINUTE);
    private final ListeningSockets sockets;
    private final Set<LoopEndPoint> open = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;
    /// Newcomers were left in the kernel's queue because there was no descriptor for them.
    private volatile boolean turnedAway;

    private volatile @Nullable Reception reception;

    /// Listeners without a socket.
    ///
    /// @param loops started before the first [#change]
    /// @param inherited descriptors of sockets that another process has passed on; the first change closes what it
    /// does not want
    public TcpListeners(Loops loops, BufferPool buffers, OpenFiles files, Map<InetSocketAddress, Integer> inherited) {
        this.loops = loops;
        this.files = files;
        limits = new ClientLimits(files);
        crowd = new HandshakeTurns.Crowd(WAITING_HANDSHAKES * loops.count(), this::resume);
        turns = new HandshakeTurns[loops.count()];
        Arrays.setAll(turns, i -> new HandshakeTurns(loops.get(i), crowd, System::nanoTime));
        sockets = new ListeningSockets(loops, new Newcomers(), inherited);
        underWay = new RequestsUnderWay(loops, buffers.budget());
        // Jetty's connections want a server to ask for the pools; it is never started and has no handler.
        server = new Server(loops.threadPool(), loops.getScheduler(), buffers);
    }

    /// What a new connection meets: the newest configuration.
    private record Reception(FrontConnector connector, Handshakes handshakes, Duration handling) {}

    /// Binds sockets for what is wanted and not there yet; clients wait in their queues until [Change#commit]. Nothing
    /// else changes.
    ///
    /// @throws BindFailed with the address and what `bind(2)` says; then no new socket is left
    public Change change(Collection<Listening> wanted) throws BindFailed {
        return new Change(Set.copyOf(wanted), sockets.bind(wanted));
    }

    /// Sockets that are bound and not used yet.
    public final class Change implements AutoCloseable {
        private final Set<Listening> wanted;
        private final List<ListeningSocket> added;
        private boolean done;

        private Change(Set<Listening> wanted, List<ListeningSocket> added) {
            this.wanted = wanted;
            this.added = added;
        }

        /// From now on new connections are served as `front` says; new sockets accept, and those that are not wanted
        /// any more serve who waits in their queues and are closed.
        ///
        /// @param leaving which connections have nothing more to do here; asked on their loops
        public void commit(Front front, Leaving leaving) {
            done = true;
            limits.set(front.limits());
            underWay.set(front.limits());
            budget.set(front.tls(), front.trusted());
            var connector =
                    new FrontConnector(server, loops, server.getByteBufferPool(), front, () -> draining, underWay);
            reception = new Reception(
                    connector,
                    new Handshakes(connector, budget, turns, log),
                    front.timeouts().connectionHandling());
            sockets.put(added, wanted);
            onEach(endPoint -> drainIfLeaving(endPoint, leaving, front.timeouts()));
        }

        /// Gives the new sockets back, unless [#commit] has made use of them.
        @Override
        public void close() {
            if (!done) {
                added.forEach(ListeningSocket::close);
            }
        }
    }

    /// Decides which connections end with a change.
    public interface Leaving {
        /// @param tunnel whether it has left HTTP
        boolean leaves(ClientConnection client, boolean tunnel);
    }

    /// Lets a connection end that has nothing more to do here: HTTP in order, within its limit; tunnels end when theirs
    /// is
    /// over.
    private static void drainIfLeaving(LoopEndPoint endPoint, Leaving leaving, TimeoutsConfig limits) {
        if (!(endPoint.attachment() instanceof ClientConnection client) || !endPoint.isOpen()) {
            return;
        }
        var draining = http(endPoint) instanceof Draining http ? http : null;
        if (!leaving.leaves(client, draining == null)) {
            return;
        }
        if (draining != null) {
            draining.drain();
        }
        var limit = draining == null ? limits.tunnelDrain() : limits.drain();
        var timer = endPoint.loop()
                .schedule(() -> endPoint.close(new IOException("drained")), limit.toMillis(), TimeUnit.MILLISECONDS);
        endPoint.whenClosed(timer::cancel);
    }

    /// The process that passed sockets on has ended to accept: those whose addresses are not wanted any more can go.
    public void tookOver() {
        sockets.giveUpSuperseded();
    }

    private final class Newcomers implements ListeningSocket.Taker {
        @Override
        public void accepted(SocketChannel channel, boolean tls) throws IOException {
            TcpListeners.this.accepted(channel, tls);
        }

        @Override
        public Acceptor.Room room(boolean tls, boolean last) {
            if (!files.hasForClient()) {
                turnedAway = true;
                if (!files.hasForClient()) {
                    return Acceptor.Room.NO_FILES;
                }
            }
            return tls && !last && crowd.isLarge() ? Acceptor.Room.LATER : Acceptor.Room.YES;
        }
    }

    /// Accepts again. Any thread.
    private void resume() {
        sockets.accepting().forEach(ListeningSocket::resume);
    }

    private void leave(InetAddress remote) {
        limits.leave(remote);
        if (turnedAway) {
            turnedAway = false;
            resume();
        }
    }

    /// On the loop of the listening socket.
    private void accepted(SocketChannel channel, boolean tls) throws IOException {
        var remote = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
        var full = limits.enter(remote);
        if (full != null) {
            log.log(
                    Level.WARN,
                    full,
                    "client refused client={} reason=conn.limit limit={}",
                    IpLiteral.text(remote),
                    full);
            channel.close();
            return;
        }
        try {
            loops.adopt(channel, loops.nextLoop(), new Client(remote, tls));
        } catch (RuntimeException stopping) {
            leave(remote);
            throw new IOException(stopping);
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
                leave(remote);
                open.remove(endPoint);
                if (endPoint.attachment() instanceof ClientConnection client) {
                    endPoint.loop().execute(client::closed);
                }
            });
            var now = Objects.requireNonNull(reception);
            if (!now.handling.isZero()) {
                var timer = endPoint.loop()
                        .schedule(
                                () -> endPoint.close(new IOException("too old")),
                                now.handling.toMillis(),
                                TimeUnit.MILLISECONDS);
                endPoint.whenClosed(timer::cancel);
            }
            if (tls) {
                return now.handshakes.begin(endPoint);
            }
            var client = new ClientConnection(
                    endPoint.getRemoteSocketAddress(), endPoint.getLocalSocketAddress(), false, null);
            endPoint.attach(client);
            return now.connector.http1(endPoint, endPoint, client);
        }

        @Override
        public void failed(Throwable cause) {
            leave(remote);
        }
    }

    /// How many client connections there are. Any thread.
    public int connections() {
        return limits.count();
    }

    /// How many requests are under way, and how many may be. Any thread.
    public Requests requests() {
        return new Requests(underWay.count(), underWay.max());
    }

    /// See [#requests()].
    public record Requests(int underWay, int limit) {}

    /// How many client connections there are, by what they speak. Any thread.
    ///
    /// @param handshakes that do not speak HTTP yet
    /// @param http1 HTTP/1.1
    /// @param http2 HTTP/2
    /// @param tunnels that left HTTP (WebSocket)
    /// @param closing whose last answer is on its way
    public record Clients(int handshakes, int http1, int http2, int tunnels, int closing) {}

    /// How many connections were refused, or failed in their handshake, since the start: by the reason's token in the
    /// log, or by the key of the limit that was reached. Any thread.
    public SortedMap<String, Long> refused() {
        return log.counts();
    }

    /// What the clients speak. Any thread.
    public Clients clients() {
        int handshakes = 0;
        int http1 = 0;
        int http2 = 0;
        int tunnels = 0;
        int closing = 0;
        for (var endPoint : open) {
            switch (http(endPoint)) {
                case Http1Connection _ -> http1++;
                case Http2Connection _ -> http2++;
                case LingeringConnection _ -> closing++;
                case Draining _ -> handshakes++;
                case null -> handshakes++;
                default -> tunnels++;
            }
        }
        return new Clients(handshakes, http1, http2, tunnels, closing);
    }

    /// What is listened on.
    ///
    /// @return the address that was bound, by what was wanted
    public Map<Listening, InetSocketAddress> addresses() {
        return sockets.addresses();
    }

    /// Accepts whom the kernel has accepted already and then nobody more, and lets each connection end: after the
    /// answers that it waits for, or when nothing is asked for a moment.
    public void drain() {
        draining = true;
        sockets.retireAll();
        onEach(endPoint -> {
            if (http(endPoint) instanceof Draining known) {
                known.drain();
            }
        });
    }

    /// Lets each listening socket look for clients. Any thread.
    ///
    /// @return done for those that did, by address
    public Map<String, CompletableFuture<Void>> probe() {
        var probes = new LinkedHashMap<String, CompletableFuture<Void>>();
        for (var socket : sockets.accepting()) {
            var answered = new CompletableFuture<Void>();
            socket.probe(() -> answered.complete(null));
            probes.put("listener " + IpLiteral.text(socket.address()), answered);
        }
        return probes;
    }

    /// Whether a drain is over: nobody is left. Any thread.
    public boolean isDrained() {
        return draining && sockets.areRetired() && limits.count() == 0;
    }

    /// Ends at once what is not a tunnel.
    public void closeAllButTunnels() {
        onEach(endPoint -> {
            if (http(endPoint) instanceof Draining) {
                endPoint.close(new IOException("shutting down"));
            }
        });
    }

    /// Ends at once what has left HTTP.
    public void closeTunnels() {
        onEach(endPoint -> {
            var connection = http(endPoint);
            if (connection != null && !(connection instanceof Draining)) {
                endPoint.close(new IOException("shutting down"));
            }
        });
    }

    /// Ends everything at once.
    @Override
    public void close() {
        drain();
        onEach(endPoint -> endPoint.close(new IOException("shutting down")));
    }

    private void onEach(Consumer<LoopEndPoint> action) {
        for (var endPoint : open) {
            endPoint.loop().execute(() -> action.accept(endPoint));
        }
    }

    /// What speaks on a socket, inside TLS where there is some.
    private static @Nullable Connection http(LoopEndPoint endPoint) {
        var connection = endPoint.getConnection();
        return connection instanceof SslConnection tls ? tls.getSslEndPoint().getConnection() : connection;
    }
}
