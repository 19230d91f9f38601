package dev.gatehouse.support;

import java.util.function.IntSupplier;

/// A request for a [Client], in words that every HTTP version has.
///
/// @param authority the Host field or `:authority`
/// @param fields without Host and without framing
/// @param pieces sizes of the pieces in which the body is written
public record Request(
        String method,
        String authority,
        String target,
        Fields fields,
        Body body,
        Framing framing,
        Fields trailers,
        IntSupplier pieces) {
    /// How the length of a body is told.
    public enum Framing {
        /// There is no body.
        NONE,
        /// Content-Length.
        LENGTH,
        /// Chunks, or on HTTP/2 no Content-Length.
        CHUNKED
    }

    /// A GET for `app.example`.
    public static Request get(String target) {
        return of("GET", target);
    }

    /// A request without a body for `app.example`.
    public static Request of(String method, String target) {
        return new Request(
                method, "app.example", target, Fields.NONE, Body.none(), Framing.NONE, Fields.NONE, () -> 16_384);
    }

    /// A POST of known length for `app.example`.
    public static Request post(String target, Body body) {
        return of("POST", target).body(body, Framing.LENGTH);
    }

    /// This with another host.
    public Request to(String otherAuthority) {
        return new Request(method, otherAuthority, target, fields, body, framing, trailers, pieces);
    }

    /// This with a field more.
    public Request with(String name, String value) {
        return new Request(method, authority, target, fields.with(name, value), body, framing, trailers, pieces);
    }

    /// This with a body.
    public Request body(Body content, Framing told) {
        return new Request(method, authority, target, fields, content, told, trailers, pieces);
    }

    /// This with a trailer more; the framing must be CHUNKED.
    public Request trailer(String name, String value) {
        return new Request(method, authority, target, fields, body, framing, trailers.with(name, value), pieces);
    }

    /// This in smaller or larger pieces.
    public Request inPiecesOf(int bytes) {
        return inPieces(() -> bytes);
    }

    /// This in pieces of these sizes.
    public Request inPieces(IntSupplier sizes) {
        return new Request(method, authority, target, fields, body, framing, trailers, sizes);
    }
}
