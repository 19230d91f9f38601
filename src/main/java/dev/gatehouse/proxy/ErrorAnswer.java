package dev.gatehouse.proxy;

import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Answers that are ours: errors from the failure table, and redirects. They name the request's id and nothing of what
/// is behind us.
final class ErrorAnswer {
    private static final HttpField TEXT = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
    private static final HttpField HTML = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/html;charset=utf-8");
    private static final HttpField NO_STORE = new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");
    private static final HttpField ALLOW =
            new PreEncodedHttpField(HttpHeader.ALLOW, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

    private ErrorAnswer() {}

    /// The status that [#send] sends: gRPC tells failures elsewhere.
    static int status(Exchange exchange, Failure failure) {
        return GrpcAnswer.isWanted(exchange) ? HttpStatus.OK_200 : failure.status();
    }

    /// @param strict the app's Strict-Transport-Security; null for none
    static void send(Exchange exchange, Failure failure, String requestId, @Nullable HttpField strict) {
        if (breaksConnection(failure)) {
            exchange.lastOfConnection();
        }
        if (GrpcAnswer.isWanted(exchange)) {
            GrpcAnswer.send(exchange, failure, requestId);
            return;
        }
        var fields = HttpFields.build();
        if (failure == Failure.METHOD_NOT_ALLOWED) {
            fields.add(ALLOW); // RFC 9110 §15.5.6
        }
        if (strict != null) {
            fields.add(strict);
        }
        send(exchange, failure.status(), fields, failure.text(), requestId);
    }

    /// @param location absolute URL
    static void redirect(Exchange exchange, int status, String location, String requestId) {
        var fields = HttpFields.build();
        fields.add(HttpHeader.LOCATION, location);
        send(exchange, status, fields, "This is served over https.", requestId);
    }

    /// What the proxy itself serves (RFC 9110 §9.3.7).
    static void options(Exchange exchange, String requestId) {
        var fields = HttpFields.build();
        fields.add(ALLOW);
        fields.add(Dates.now());
        fields.add("X-Request-Id", requestId);
        fields.add(HttpHeader.CONTENT_LENGTH, "0");
        exchange.respond(HttpStatus.OK_200, fields, BufferUtil.EMPTY_BUFFER, true, Callback.NOOP);
    }

    private static void send(Exchange exchange, int status, HttpFields.Mutable fields, String text, String requestId) {
        boolean html = wantsHtml(exchange.fields());
        var reason = HttpStatus.getMessage(status);
        var page = html ? html(status, reason, text, requestId) : text(status, reason, text, requestId);
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        fields.add(Dates.now());
        fields.add(html ? HTML : TEXT);
        fields.add(NO_STORE);
        fields.add("X-Request-Id", requestId);
        fields.add(HttpHeader.CONTENT_LENGTH, Integer.toString(bytes.length));
        exchange.respond(status, fields, ByteBuffer.wrap(bytes), true, Callback.NOOP);
    }

    /// Browsers list it; scripts get text.
    private static boolean wantsHtml(HttpFields fields) {
        var accept = fields.get(HttpHeader.ACCEPT);
        return accept != null && accept.contains("text/html");
    }

    private static String text(int status, String reason, String text, String requestId) {
        return status + " " + reason + "\n" + text + "\nRequest " + requestId + "\n";
    }

    private static String html(int status, String reason, String text, String requestId) {
        return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + status + " " + reason
                + "</title></head>\n<body><h1>" + status + " " + reason + "</h1>\n<p>" + text
                + "</p>\n<p><small>Request "
                + requestId + "</small></p></body></html>\n";
    }

    /// After these nobody knows where the next request of an HTTP/1 connection begins, or the client is no good, or we
    /// are.
    private static boolean breaksConnection(Failure failure) {
        return switch (failure.status()) {
            case 400, 408, 413, 414, 431, 500, 501, 505 -> true;
            default -> false;
        };
    }
}
