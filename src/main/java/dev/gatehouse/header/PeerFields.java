package dev.gatehouse.header;

import dev.gatehouse.config.CidrSet;
import dev.gatehouse.config.IpLiteral;
import dev.gatehouse.http.ClientConnection;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/// What is the same for all requests of a connection whose peer made them itself. Kept at the connection.
///
/// @param owner whose settings it follows
/// @param trusted whether the peer's own forwarding fields are believed
/// @param address the peer's, as text
/// @param port of the listener, or the public one in front of it
/// @param identity who the client is, for upstreams that are told
record PeerFields(
        RequestHeaders owner,
        boolean trusted,
        String address,
        HttpField forwardedFor,
        HttpField realIp,
        HttpField port,
        List<HttpField> identity) {
    PeerFields {
        identity = List.copyOf(identity);
    }

    static PeerFields of(RequestHeaders owner, ClientConnection connection, CidrSet trusted, HttpField port) {
        var peer = connection.remote().getAddress();
        var address = IpLiteral.text(peer);
        return new PeerFields(
                owner,
                trusted.contains(peer),
                address,
                new PreEncodedHttpField(HttpHeader.X_FORWARDED_FOR, address),
                new PreEncodedHttpField(OwnFields.X_REAL_IP, address),
                port,
                IdentityFields.of(connection.tls()));
    }
}
