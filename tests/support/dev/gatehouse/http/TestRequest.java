package dev.gatehouse.http;

import dev.gatehouse.config.IpLiteral;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.jspecify.annotations.Nullable;

/// A request head for tests, as the listeners make them: Jetty's own target parser, and `host`, `port` of the URI only
/// where the target or `:authority` has them.
public record TestRequest(String method, HttpURI uri, HttpFields fields, Protocol protocol, ClientConnection connection)
        implements RequestHead {
    /// An address in nobody's trusted list.
    public static final String STRANGER = "203.0.113.10";

    public static final int PLAIN_PORT = 8080;
    public static final int TLS_PORT = 8443;

    /// HTTP/1.1 over plaintext from [#STRANGER].
    ///
    /// @param lines each `Name: value`
    public static TestRequest h1(String method, String target, String... lines) {
        return new TestRequest(
                method, HttpURI.build(method, target).asImmutable(), fields(lines), Protocol.HTTP_1_1, plain(STRANGER));
    }

    /// A GET as [#h1].
    public static TestRequest get(String target, String... lines) {
        return h1("GET", target, lines);
    }

    /// HTTP/2 GET over TLS with the authority's host as server name.
    public static TestRequest h2(@Nullable String authority, String path, String... lines) {
        var uri = HttpURI.build().scheme("https");
        if (authority != null) {
            uri.authority(authority);
        }
        var serverName = uri.getHost() == null ? "app.example" : uri.getHost();
        return new TestRequest(
                "GET", uri.pathQuery(path).asImmutable(), fields(lines), Protocol.HTTP_2, tls(STRANGER, serverName));
    }

    /// The same over another connection.
    public TestRequest over(ClientConnection other) {
        return new TestRequest(method, uri, fields, protocol, other);
    }

    /// The same over a new plaintext connection from that address.
    public TestRequest from(String peer) {
        return over(plain(peer));
    }

    /// The same over TLS with that server name.
    public TestRequest toServerName(@Nullable String serverName) {
        return over(tls(STRANGER, serverName));
    }

    /// The same with another protocol version.
    public TestRequest as(Protocol other) {
        return new TestRequest(method, uri, fields, other, connection);
    }

    public static ClientConnection plain(String peer) {
        return new ClientConnection(address(peer, 50_000), address("192.0.2.1", PLAIN_PORT), false, null);
    }

    public static ClientConnection tls(String peer, @Nullable String serverName) {
        return new ClientConnection(address(peer, 50_000), address("192.0.2.1", TLS_PORT), true, serverName);
    }

    public static HttpFields fields(String... lines) {
        var fields = HttpFields.build();
        for (var line : lines) {
            int colon = line.indexOf(':');
            fields.add(new HttpField(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return fields.asImmutable();
    }

    private static InetSocketAddress address(String ip, int port) {
        return new InetSocketAddress(Objects.requireNonNull(IpLiteral.parse(ip), ip), port);
    }
}
