package dev.gatehouse.proxy;

import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;

/// Our failures in the words of gRPC, whose clients look at no other status: a head that is also the end.
final class GrpcAnswer {
    private static final String GRPC = "application/grpc";
    private static final String UNAVAILABLE = "14";
    private static final HttpField TYPE = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, GRPC);

    private GrpcAnswer() {}

    /// Whether the client speaks gRPC, which is only spoken over HTTP/2 and later.
    static boolean isWanted(Exchange exchange) {
        if (exchange.protocol() == Protocol.HTTP_1_1 || exchange.protocol() == Protocol.HTTP_1_0) {
            return false;
        }
        var type = exchange.fields().get(HttpHeader.CONTENT_TYPE);
        if (type == null || !type.startsWith(GRPC)) {
            return false;
        }
        // Not application/grpc-web, which is another protocol.
        return type.length() == GRPC.length() || type.charAt(GRPC.length()) == '+' || type.charAt(GRPC.length()) == ';';
    }

    static void send(ResponseSink sink, Failure failure, String requestId) {
        var fields = HttpFields.build();
        fields.add(TYPE);
        addStatus(fields, failure);
        fields.add("X-Request-Id", requestId);
        sink.respond(HttpStatus.OK_200, fields);
    }

    /// Ends a response that has begun: a reset would be taken for an error of the client's own library (INTERNAL), or
    /// for its own wish (CANCELLED).
    static void end(Exchange exchange, Failure failure) {
        var trailers = HttpFields.build();
        addStatus(trailers, failure);
        exchange.endWith(trailers.asImmutable());
    }

    private static void addStatus(HttpFields.Mutable fields, Failure failure) {
        fields.add("grpc-status", code(failure));
        fields.add("grpc-message", failure.text());
    }

    /// The code of gRPC nearest to a failure.
    static String code(Failure failure) {
        return failure == Failure.STREAM_IDLE ? UNAVAILABLE : code(failure.status());
    }

    private static String code(int status) {
        return switch (status) {
            case 504, 408 -> "4"; // DEADLINE_EXCEEDED
            case 502, 503 -> UNAVAILABLE;
            case 404 -> "12"; // UNIMPLEMENTED
            case 413, 431 -> "8"; // RESOURCE_EXHAUSTED
            case 403 -> "7"; // PERMISSION_DENIED
            case 401 -> "16"; // UNAUTHENTICATED
            case 400, 500 -> "13"; // INTERNAL
            default -> "2"; // UNKNOWN, as gRPC has it for statuses that it does not know
        };
    }
}
