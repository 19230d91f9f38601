package dev.gatehouse.header;

import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.RequestHead;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/// The one upgrade that becomes a tunnel: WebSocket over HTTP/1.1 (RFC 6455 §4.1). A request for any other, `h2c`
/// above all, goes on as a plain request without it, which RFC 9110 §7.8 allows every server.
public final class Upgrade {
    static final HttpField CONNECTION = new PreEncodedHttpField(HttpHeader.CONNECTION, "Upgrade");
    static final HttpField WEBSOCKET = new PreEncodedHttpField(HttpHeader.UPGRADE, "websocket");

    private Upgrade() {}

    /// Whether the request asks for a WebSocket and for nothing else.
    public static boolean isWebSocket(RequestHead request) {
        return request.protocol() == Protocol.HTTP_1_1
                && request.fields().contains(HttpHeader.UPGRADE)
                && request.method().equals("GET")
                && toWebSocket(request.fields());
    }

    /// Whether an answer with status 101 agrees to become a WebSocket.
    public static boolean isToWebSocket(HttpFields answer) {
        return toWebSocket(answer);
    }

    /// Exactly one protocol in all Upgrade lines, and Connection says that it is meant for us.
    private static boolean toWebSocket(HttpFields fields) {
        boolean meant = false;
        int protocols = 0;
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.getField(i);
            if (field.getHeader() == HttpHeader.CONNECTION) {
                meant |= Tokens.contains(field.getValue(), "upgrade");
            } else if (field.getHeader() == HttpHeader.UPGRADE) {
                if (!field.getValue().strip().equalsIgnoreCase("websocket")) {
                    return false;
                }
                protocols++;
            }
        }
        return meant && protocols == 1;
    }
}
