package dev.gatehouse.header;

import dev.gatehouse.config.Upgrades;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.RequestHead;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.jspecify.annotations.Nullable;

/// Switches of protocol over HTTP/1.1 (RFC 9110 §7.8), behind which the connection is a tunnel: WebSocket (RFC 6455
/// §4.1), and whatever else client and upstream agree on. A request for what may not pass goes on as a plain request
/// without it, which RFC 9110 §7.8 allows every server.
public final class Upgrade {
    static final HttpField CONNECTION = new PreEncodedHttpField(HttpHeader.CONNECTION, "Upgrade");
    private static final String WEBSOCKET_NAME = "websocket";
    private static final HttpField WEBSOCKET = new PreEncodedHttpField(HttpHeader.UPGRADE, WEBSOCKET_NAME);

    private Upgrade() {}

    /// The field with the protocols that the upstream is asked for.
    ///
    /// @param body whether the request has one: it would have to be sent before the switch
    /// @return null for a request that stays one
    public static @Nullable HttpField offered(RequestHead request, boolean body, Upgrades allowed) {
        if (request.protocol() != Protocol.HTTP_1_1 || body || !request.fields().contains(HttpHeader.UPGRADE)) {
            return null;
        }
        boolean get = request.method().equals("GET");
        boolean meant = false;
        StringBuilder protocols = null;
        for (HttpField field : request.fields()) {
            if (field.getHeader() == HttpHeader.CONNECTION) {
                meant |= Tokens.contains(field.getValue(), "upgrade");
            } else if (field.getHeader() == HttpHeader.UPGRADE) {
                var list = field.getValue();
                for (int start = Tokens.next(list, 0), end; start < list.length(); start = Tokens.next(list, end)) {
                    end = Tokens.end(list, start);
                    var protocol = list.substring(start, end);
                    if (allowed.allow(protocol) && (get || !isWebSocket(Upgrades.name(protocol)))) {
                        protocols = protocols == null ? new StringBuilder() : protocols.append(", ");
                        protocols.append(protocol);
                    }
                }
            }
        }
        return meant && protocols != null ? field(protocols.toString()) : null;
    }

    /// The field with the protocol of a 101, which must have been offered. Some upstreams do not name the only one.
    ///
    /// @return null where the switch is to something else
    public static @Nullable HttpField agreed(HttpFields response, HttpField offered) {
        var agreed = response.getField(HttpHeader.UPGRADE);
        if (agreed == null) {
            return offered.getValue().indexOf(',') < 0 ? offered : null;
        }
        for (HttpField field : response) {
            if (field.getHeader() == HttpHeader.UPGRADE) {
                var list = field.getValue();
                int start = Tokens.next(list, 0);
                if (start == list.length()) {
                    return null;
                }
                for (int end; start < list.length(); start = Tokens.next(list, end)) {
                    end = Tokens.end(list, start);
                    if (!Tokens.contains(offered.getValue(), list.substring(start, end))) {
                        return null;
                    }
                }
            }
        }
        return field(agreed.getValue());
    }

    private static HttpField field(String protocols) {
        return isWebSocket(protocols) ? WEBSOCKET : new HttpField(HttpHeader.UPGRADE, protocols);
    }

    private static boolean isWebSocket(String protocol) {
        return protocol.equalsIgnoreCase(WEBSOCKET_NAME);
    }
}
