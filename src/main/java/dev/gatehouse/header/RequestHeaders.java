package dev.gatehouse.header;

import dev.gatehouse.config.CidrSet;
import dev.gatehouse.config.FieldNames;
import dev.gatehouse.config.ForwardingFields;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.config.UpstreamOption;
import dev.gatehouse.header.ForwardedField.Hop;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.http.RequestHead;
import dev.gatehouse.route.Decision;
import dev.gatehouse.route.RequestTarget;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.jspecify.annotations.Nullable;

/// The fields that an upstream gets for a client's request. One per generation, any thread; what it keeps at a
/// connection stays with that connection's thread.
///
/// | field | value |
/// |---|---|
/// | Host | the client's, with its port; by option the upstream's; for the default app its name |
/// | X-Forwarded-For | the addresses of the chain: the peer, and before it what trusted proxies say |
/// | X-Real-IP | its first |
/// | X-Forwarded-Proto, -SSL, -Port | as the client's side sees them: a trusted proxy's claim, else our listener's |
/// | X-Forwarded-Host | the host that was asked for, in every HTTP version alike; a trusted proxy's claim before it |
/// | X-Original-URI | the target that was asked for |
/// | Forwarded | the chain, where the client sent one or the option asks for it |
/// | Via, X-Request-Id | ours |
/// | Cookie | one line (RFC 9113 §8.2.3) |
/// | Client-Cert, Client-Cert-Chain, X-Client-Cert-* | by option who the client is; else a trusted proxy's |
/// | `Proxy`, hop-by-hop fields, and what a client sent under the names above | none |
/// | [ForwardingFields#STRANGERS] | a trusted proxy's; else those that the configuration keeps |
public final class RequestHeaders {
    private static final int OWN_FIELDS = 12;

    private static final HttpField PROTO_HTTPS = new PreEncodedHttpField(HttpHeader.X_FORWARDED_PROTO, "https");
    private static final HttpField PROTO_HTTP = new PreEncodedHttpField(HttpHeader.X_FORWARDED_PROTO, "http");
    private static final HttpField SSL_ON = new PreEncodedHttpField(OwnFields.X_FORWARDED_SSL, "on");
    private static final HttpField SSL_OFF = new PreEncodedHttpField(OwnFields.X_FORWARDED_SSL, "off");
    private static final HttpField PORT_443 = new PreEncodedHttpField(HttpHeader.X_FORWARDED_PORT, "443");
    private static final HttpField PORT_80 = new PreEncodedHttpField(HttpHeader.X_FORWARDED_PORT, "80");
    private static final HttpField TE_TRAILERS = new PreEncodedHttpField(HttpHeader.TE, "trailers");
    private static final HttpField UPGRADE_INSECURE = new PreEncodedHttpField("Upgrade-Insecure-Requests", "1");

    private final CidrSet trusted;
    private final FieldNames kept;
    private final @Nullable Integer publicHttpsPort;
    private final @Nullable Integer publicHttpPort;
    private final HostFields.Memory hosts = new HostFields.Memory();

    private RequestHeaders(GatehouseConfig config) {
        trusted = config.trustedForwardedProxies();
        kept = config.keptForwardingHeaders();
        publicHttpsPort = config.listen().publicHttpsPort();
        publicHttpPort = config.listen().publicHttpPort();
    }

    /// The headers of a configuration.
    public static RequestHeaders of(GatehouseConfig config) {
        return new RequestHeaders(config);
    }

    /// The id under which a request is known: what a trusted proxy calls it, else a new one.
    public String requestId(RequestHead request) {
        if (peer(request.connection()).trusted()) {
            var theirs = request.fields().get(OwnFields.X_REQUEST_ID);
            if (theirs != null && RequestId.isFit(theirs)) {
                return theirs;
            }
        }
        return RequestId.create();
    }

    /// An id for a request about which nothing could be found out.
    public static String newId() {
        return RequestId.create();
    }

    /// Whether the request passed this process before: it would again, for ever.
    public boolean isLoop(HttpFields fields) {
        return Via.isOurs(fields);
    }

    /// `https` or `http`, as the client's user sees it; for `Secure` cookies and the cache's keys. Our own TLS is
    /// proof; without it a trusted proxy is believed.
    public String clientScheme(RequestHead request) {
        var connection = request.connection();
        var peer = peer(connection);
        if (connection.secure() || !peer.trusted()) {
            return connection.secure() ? "https" : "http";
        }
        var claims = ForwardingClaims.read(request.fields(), ownHop(connection, peer, null), trusted);
        return "https".equals(claims.scheme()) ? "https" : "http";
    }

    /// As the longer one, for a request that stays a request.
    public HttpFields.Mutable forUpstream(
            RequestHead request, Decision.Forward forward, UpstreamConfig upstream, String requestId) {
        return forUpstream(request, forward, upstream, requestId, null);
    }

    /// Makes the fields for one attempt. Content-Length and Expect stay as they are, and there is no
    /// Transfer-Encoding: framing is the upstream connection's.
    ///
    /// @param request as [dev.gatehouse.route.Router] let it pass
    /// @param upgrade what [Upgrade#offered] gives
    public HttpFields.Mutable forUpstream(
            RequestHead request,
            Decision.Forward forward,
            UpstreamConfig upstream,
            String requestId,
            @Nullable HttpField upgrade) {
        var fields = request.fields();
        var out = HttpFields.build(fields.size() + OWN_FIELDS);
        var options = forward.route().options();
        var client = hosts.of(authority(request, forward));
        out.add(host(client, forward, options, upstream));

        var peer = peer(request.connection());
        boolean tellsIdentity = tellsIdentity(forward);
        var copied = new RequestCopy(fields, out, !tellsIdentity && peer.trusted(), peer.trusted(), kept);
        if (copied.trailers()) {
            out.add(TE_TRAILERS);
        }
        var claims = peer.trusted() && copied.claims() ? claims(request, peer, client.text(), requestId) : null;
        addForwarding(request, client.text(), copied, options.contains(UpstreamOption.FORWARDED_HEADER), claims, out);
        out.add(
                claims == null || claims.host() == null
                        ? client.forwardedHost()
                        : hosts.of(claims.host()).forwardedHost());
        out.add(new HttpField(null, OwnFields.X_ORIGINAL_URI, RequestTarget.asReceived(request.uri())));
        out.add(new HttpField(null, OwnFields.X_REQUEST_ID, requestId));
        if (forward.route().via()) {
            out.add(Via.field(request.protocol()));
        }
        if (options.contains(UpstreamOption.UPGRADE_INSECURE_REQUESTS) && !out.contains(UPGRADE_INSECURE.getName())) {
            out.add(UPGRADE_INSECURE);
        }
        if (tellsIdentity) {
            peer.identity().forEach(out::add);
        }
        if (upgrade != null) {
            out.add(Upgrade.CONNECTION);
            out.add(upgrade);
        }
        return out;
    }

    private static boolean tellsIdentity(Decision.Forward forward) {
        var tls = forward.app().tls();
        var clients = tls == null ? null : tls.clientAuth();
        return clients != null && clients.identityHeaders();
    }

    private ForwardingClaims claims(RequestHead request, PeerFields peer, String authority, String requestId) {
        var claims = ForwardingClaims.read(request.fields(), ownHop(request.connection(), peer, authority), trusted);
        claims.warn(requestId);
        return claims;
    }

    private void addForwarding(
            RequestHead request,
            String authority,
            RequestCopy copied,
            boolean forwarded,
            @Nullable ForwardingClaims claims,
            HttpFields.Mutable out) {
        var connection = request.connection();
        var peer = peer(connection);
        boolean secure = connection.secure();
        boolean https = secure;
        var port = peer.port();
        var forwardedFor = peer.forwardedFor();
        var realIp = peer.realIp();
        if (claims != null) {
            var scheme = claims.scheme();
            if (scheme != null && !scheme.isEmpty()) {
                https = scheme.equals("https");
            }
            if (claims.port() != null) {
                port = new HttpField(HttpHeader.X_FORWARDED_PORT, claims.port());
            } else if (https != secure) {
                port = https ? PORT_443 : PORT_80;
            }
            var chain = claims.chain();
            forwardedFor = new HttpField(HttpHeader.X_FORWARDED_FOR, addresses(chain));
            realIp = new HttpField(
                    null, OwnFields.X_REAL_IP, chain.getFirst().node().name());
        }
        out.add(forwardedFor);
        out.add(realIp);
        out.add(https ? PROTO_HTTPS : PROTO_HTTP);
        out.add(port);
        out.add(https ? SSL_ON : SSL_OFF);
        if (forwarded || copied.forwarded()) {
            var hops = claims != null ? claims.chain() : List.of(ownHop(connection, peer, authority));
            out.add(new HttpField(HttpHeader.FORWARDED, ForwardedField.write(hops)));
        }
    }

    private HttpField host(
            HostFields client, Decision.Forward forward, Set<UpstreamOption> options, UpstreamConfig upstream) {
        if (forward.byDefault()) {
            return hosts.of(forward.hostName()).host();
        }
        boolean theirs = options.contains(UpstreamOption.SET_UPSTREAM_HOST)
                && !options.contains(UpstreamOption.KEEP_ORIGINAL_HOST);
        return theirs ? hosts.of(upstream.authority()).host() : client.host();
    }

    private PeerFields peer(ClientConnection connection) {
        if (connection.forwarding() instanceof PeerFields known && known.owner() == this) {
            return known;
        }
        var fresh = PeerFields.of(this, connection, trusted, port(connection));
        connection.forwarding(fresh);
        return fresh;
    }

    private HttpField port(ClientConnection connection) {
        var visible = connection.secure() ? publicHttpsPort : publicHttpPort;
        int port = visible != null ? visible : connection.local().getPort();
        return switch (port) {
            case 443 -> PORT_443;
            case 80 -> PORT_80;
            default -> new PreEncodedHttpField(HttpHeader.X_FORWARDED_PORT, Integer.toString(port));
        };
    }

    private static Hop ownHop(ClientConnection connection, PeerFields peer, @Nullable String authority) {
        var node = new ForwardedNode(connection.remote().getAddress(), peer.address(), null);
        return new Hop(node, connection.secure() ? "https" : "http", authority, null);
    }

    private static String addresses(List<Hop> chain) {
        if (chain.size() == 1) {
            return chain.getFirst().node().name();
        }
        var out = new StringBuilder(16 * chain.size());
        for (int i = 0; i < chain.size(); i++) {
            out.append(i == 0 ? "" : ", ").append(chain.get(i).node().name());
        }
        return out.toString();
    }

    /// Host and port that were asked for, as written; the default app's name where HTTP/1.0 named none.
    private static String authority(RequestHead request, Decision.Forward forward) {
        var uri = request.uri();
        var host = uri.hasAuthority() ? uri.getAuthority() : request.fields().get(HttpHeader.HOST);
        return host != null ? host : forward.hostName();
    }
}
