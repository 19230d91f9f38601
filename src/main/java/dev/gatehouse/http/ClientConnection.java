package dev.gatehouse.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The client's connection as the road sees it. Confined to the connection's thread.
public final class ClientConnection {
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long number = NUMBERS.incrementAndGet();
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private final @Nullable String serverName;
    private final boolean secure;
    private @Nullable TlsInfo tls;
    private @Nullable Object forwarding;
    private @Nullable Dependent dependent;
    private boolean closed;
    private int requests;
    private Set<String> apps = Set.of();
    private @Nullable String app;
    private @Nullable String route;

    /// @param remote the client's address; an IPv4-mapped IPv6 address is told as IPv4
    /// @param local the address that accepted the connection
    /// @param secure whether this is a TLS connection
    /// @param serverName the name of the ClientHello, lower case; null without TLS
    public ClientConnection(
            InetSocketAddress remote, InetSocketAddress local, boolean secure, @Nullable String serverName) {
        this.remote = unmapped(remote);
        this.local = unmapped(local);
        this.secure = secure;
        this.serverName = serverName;
    }

    /// The client's address and port.
    public InetSocketAddress remote() {
        return remote;
    }

    /// Our address and port.
    public InetSocketAddress local() {
        return local;
    }

    /// Whether the client speaks TLS with us.
    public boolean secure() {
        return secure;
    }

    /// The server name of the ClientHello in lower case; null without TLS.
    public @Nullable String serverName() {
        return serverName;
    }

    /// Its number among all client connections since the start, from 1.
    public long number() {
        return number;
    }

    /// Counts one request more.
    ///
    /// @return its number on this connection, from 1
    public int nextRequest() {
        return ++requests;
    }

    /// The apps that served its requests.
    public Set<String> apps() {
        return apps;
    }

    /// The path of the route that served the last request, which is a tunnel's; null where none did yet.
    public @Nullable String route() {
        return route;
    }

    /// The app of [#route()].
    public @Nullable String app() {
        return app;
    }

    /// Told with each request that goes to an upstream.
    public void servedBy(String itsApp, String itsRoute) {
        if (!itsApp.equals(app)) {
            app = itsApp;
            apps = with(apps, itsApp);
        }
        route = itsRoute;
    }

    private static Set<String> with(Set<String> names, String another) {
        if (names.contains(another)) {
            return names;
        }
        return Stream.concat(names.stream(), Stream.of(another)).collect(Collectors.toUnmodifiableSet());
    }

    /// What the handshake agreed on; null without TLS or before its end.
    public @Nullable TlsInfo tls() {
        return tls;
    }

    /// Told by the listener at the end of the handshake.
    public void handshakeDone(TlsInfo info) {
        tls = info;
    }

    /// A place where `header` keeps what it worked out for this connection.
    public @Nullable Object forwarding() {
        return forwarding;
    }

    /// See [#forwarding()].
    public void forwarding(Object value) {
        forwarding = value;
    }

    /// What belongs to this client alone.
    public interface Dependent {
        /// The client's connection is closed.
        void clientClosed();
    }

    /// What belongs to this client alone and ends with its connection; null where there is nothing.
    public @Nullable Dependent dependent() {
        return dependent;
    }

    /// See [#dependent()]. Set once.
    public void dependent(Dependent value) {
        dependent = value;
        if (closed) {
            value.clientClosed();
        }
    }

    /// Told by the listener when the connection is closed.
    public void closed() {
        closed = true;
        var its = dependent;
        if (its != null) {
            its.clientClosed();
        }
    }

    private static InetSocketAddress unmapped(InetSocketAddress address) {
        // The JDK already turns ::ffff:a.b.c.d into an Inet4Address, except where bytes were given with a scope.
        if (address.getAddress() instanceof Inet6Address six
                && six.isIPv4CompatibleAddress()
                && !six.isLoopbackAddress()
                && !six.isAnyLocalAddress()) {
            byte[] bytes = six.getAddress();
            try {
                var four = InetAddress.getByAddress(new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]});
                return new InetSocketAddress(four, address.getPort());
            } catch (UnknownHostException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
        return address;
    }
}
