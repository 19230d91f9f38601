package dev.gatehouse.app;

import dev.gatehouse.config.IpLiteral;
import dev.gatehouse.control.Refused;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.RequestHead;
import dev.gatehouse.route.Authority;
import java.net.IDN;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.jspecify.annotations.Nullable;

/// A URL that somebody asks about, and the request that a client would make of it.
///
/// @param text as it was given
/// @param authority host and port as a client writes them
/// @param target path and query
record ExplainedUrl(String text, boolean secure, String authority, String target) {
    private static final Pattern PARTS = Pattern.compile("(?i)(https?)://([^/?#]*)([^#]*)(#.*)?");

    /// Somebody on the Internet: of addresses that are kept for examples (RFC 5737).
    private static final InetSocketAddress CLIENT = new InetSocketAddress(IpLiteral.parse("192.0.2.1"), 50_000);

    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    static ExplainedUrl parse(String text) throws Refused {
        var parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw new Refused("'" + text + "' is not a URL that begins with http:// or https://");
        }
        var target = parts.group(3);
        return new ExplainedUrl(
                text,
                parts.group(1).equalsIgnoreCase("https"),
                ascii(parts.group(2)),
                target.startsWith("/") ? target : "/" + target);
    }

    /// Clients write names as DNS has them.
    private static String ascii(String authority) {
        int colon = authority.lastIndexOf(':');
        int end = colon < 0 ? authority.length() : colon;
        try {
            return authority.startsWith("[")
                    ? authority
                    : IDN.toASCII(authority.substring(0, end)) + authority.substring(end);
        } catch (IllegalArgumentException noName) {
            return authority;
        }
    }

    /// Null where none is written.
    @Nullable
    Integer port() {
        var parsed = Authority.parse(authority);
        return parsed == null ? null : parsed.port();
    }

    /// What the client names in a handshake; null for an address, of which it names nothing (RFC 6066 §3).
    @Nullable
    String serverName() {
        var parsed = Authority.parse(authority);
        return parsed == null || IpLiteral.parse(parsed.host()) != null ? null : parsed.host();
    }

    /// As it comes in over HTTP/1.1.
    RequestHead request(String method) {
        int port = Objects.requireNonNullElse(port(), secure ? HTTPS_PORT : HTTP_PORT);
        var local = new InetSocketAddress(CLIENT.getAddress(), port);
        return new Request(
                method,
                HttpURI.build(method, target).asImmutable(),
                HttpFields.build().add(HttpHeader.HOST, authority).asImmutable(),
                Protocol.HTTP_1_1,
                new ClientConnection(CLIENT, local, secure, secure ? serverName() : null));
    }

    private record Request(
            String method, HttpURI uri, HttpFields fields, Protocol protocol, ClientConnection connection)
            implements RequestHead {}
}
