package dev.gatehouse.proxy;

import dev.gatehouse.http.Exchange;
import dev.gatehouse.observe.AccessRecord;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/// What the access log tells of a request itself and of its connection.
final class AccessRecords {
    private AccessRecords() {}

    /// The record of a request that ends now.
    ///
    /// @param forwarded the fields that its upstream got; its own where none did
    static AccessRecord of(Exchange exchange, HttpFields forwarded, long firstByteNanos) {
        var out = new AccessRecord();
        var connection = exchange.connection();
        var fields = exchange.fields();
        var uri = exchange.uri();
        long began = exchange.beganNanos();
        out.durationMicros = (System.nanoTime() - began) / 1_000;
        out.startMicros = AccessRecord.nowMicros() - out.durationMicros;
        out.firstByteMicros = firstByteNanos == -1 ? -1 : (firstByteNanos - began) / 1_000;
        out.client = connection.remote();
        out.method = exchange.method();
        out.scheme = connection.secure() ? "https" : "http";
        out.host = uri.hasAuthority() ? uri.getAuthority() : fields.get(HttpHeader.HOST);
        out.target = uri.getPathQuery();
        out.protocol = exchange.protocol();
        out.referer = fields.get(HttpHeader.REFERER);
        out.userAgent = fields.get(HttpHeader.USER_AGENT);
        out.forwardedFor = forwarded.get(HttpHeader.X_FORWARDED_FOR);
        out.tls = connection.tls();
        out.sni = connection.serverName();
        out.connection = connection.number();
        out.request = connection.nextRequest();
        return out;
    }
}
