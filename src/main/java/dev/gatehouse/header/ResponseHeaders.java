package dev.gatehouse.header;

import dev.gatehouse.config.AppConfig;
import dev.gatehouse.config.ForwardingFields;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.http.Protocol;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/// The fields that a client gets for an upstream's answer: the upstream's, without what belongs to the connection with
/// it. Any thread.
public final class ResponseHeaders {
    private static final int OWN_FIELDS = 4;

    private ResponseHeaders() {}

    /// As the longer one, for any answer but a switch of protocols.
    public static HttpFields.Mutable forClient(HttpFields upstream, Protocol received) {
        return forClient(upstream, received, null);
    }

    /// Makes the fields of an answer, an interim one too. Server stays the upstream's. Alt-Svc goes: it names
    /// ways to the upstream, not to us. Content-Length stays, Transfer-Encoding goes: framing is the client
    /// connection's.
    ///
    /// @param received in which version the upstream answered
    /// @param upgrade what [Upgrade#agreed] gives for a 101; else null
    public static HttpFields.Mutable forClient(HttpFields upstream, Protocol received, @Nullable HttpField upgrade) {
        int size = upstream.size();
        var out = HttpFields.build(size + OWN_FIELDS);
        Set<String> listed = null;
        for (int i = 0; i < size; i++) {
            var field = upstream.getField(i);
            var header = field.getHeader();
            if (header == HttpHeader.CONNECTION) {
                listed = HopByHop.listed(field, listed);
            } else if (header == null || (header != HttpHeader.ALT_SVC && !HopByHop.is(header))) {
                out.add(field);
            }
        }
        if (listed != null) {
            HopByHop.remove(out, listed);
        }
        out.add(Via.field(received));
        if (upgrade != null) {
            out.add(Upgrade.CONNECTION);
            out.add(upgrade);
        }
        return out;
    }

    /// The field by which answers of an app over TLS tell browsers to use https only (RFC 6797 §7.2); null for none.
    public static @Nullable HttpField strictTransport(AppConfig app, ClientConnection connection) {
        var tls = app.tls();
        var hsts = tls == null || !connection.secure() ? null : tls.hsts();
        return hsts == null ? null : new HttpField(HttpHeader.STRICT_TRANSPORT_SECURITY, hsts.value());
    }

    /// Whether a trailer may be passed on, in either direction: not what frames, routes, authenticates or qualifies a
    /// message, because that was decided by its header section (RFC 9110 §6.5.1).
    public static boolean trailerAllowed(HttpField field) {
        var header = field.getHeader();
        return header == null
                ? !OwnFields.contain(field.getName())
                        && !OwnFields.identify(field.getName())
                        && !ForwardingFields.STRANGERS.contain(field.getName())
                : TrailerFields.areAllowed(header);
    }
}
