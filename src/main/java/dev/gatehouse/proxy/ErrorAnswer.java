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
import org.eclipse.jetty.util.Callback;

/// Answers that are ours: errors from the failure table, and redirects. They name the request's id and nothing of what
/// is behind us.
final class ErrorAnswer {
    private static final HttpField TEXT = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
    private static final HttpField HTML = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/html;charset=utf-8");
    private static final HttpField NO_STORE = new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");
    private static final HttpField ALLOW =
            new PreEncodedHttpField(HttpHeader.ALLOW, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

    private ErrorAnswer() {}

    /// Answers with the failure's status; gRPC tells failures elsewhere.
    static void send(Exchange exchange, ResponseSink sink, Failure failure, String requestId) {
        if (breaksConnection(failure)) {
            exchange.lastOfConnection();
        }
        if (GrpcAnswer.isWanted(exchange)) {
            GrpcAnswer.send(sink, failure, requestId);
            return;
        }
        var fields = HttpFields.build();
        if (failure == Failure.METHOD_NOT_ALLOWED) {
            fields.add(ALLOW); // RFC 9110 §15.5.6
        }
        send(exchange, sink, failure.status(), fields, failure.text(), requestId);
    }

    /// @param location absolute URL
    static void redirect(Exchange exchange, ResponseSink sink, int status, String location, String requestId) {
        var fields = HttpFields.build();
        fields.add(HttpHeader.LOCATION, location);
        send(exchange, sink, status, fields, "This is served over https.", requestId);
    }

    /// What the proxy itself serves (RFC 9110 §9.3.7).
    static void options(ResponseSink sink, String requestId) {
        var fields = HttpFields.build();
        fields.add(ALLOW);
        fields.add("X-Request-Id", requestId);
        fields.add(HttpHeader.CONTENT_LENGTH, "0");
        sink.respond(HttpStatus.OK_200, fields);
    }

    private static void send(
            Exchange exchange,
            ResponseSink sink,
            int status,
            HttpFields.Mutable fields,
            String text,
            String requestId) {
        boolean html = wantsHtml(exchange.fields());
        var reason = HttpStatus.getMessage(status);
        var page = html ? html(status, reason, text, requestId) : text(status, reason, text, requestId);
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        fields.add(html ? HTML : TEXT);
        fields.add(NO_STORE);
        fields.add("X-Request-Id", requestId);
        fields.add(HttpHeader.CONTENT_LENGTH, Integer.toString(bytes.length));
        sink.respond(status, fields, ByteBuffer.wrap(bytes), true, Callback.NOOP);
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
