package dev.gatehouse.support;

/// A request for a [Client], in words that every HTTP version has.
///
/// @param authority the Host field or `:authority`
/// @param fields without Host and without framing
/// @param piece the body is written in pieces of at most this many bytes
public record Request(
        String method,
        String authority,
        String target,
        Fields fields,
        Body body,
        Framing framing,
        Fields trailers,
        int piece) {
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
        return new Request(method, "app.example", target, Fields.NONE, Body.none(), Framing.NONE, Fields.NONE, 16_384);
    }

    /// A POST of known length for `app.example`.
    public static Request post(String target, Body body) {
        return of("POST", target).body(body, Framing.LENGTH);
    }

    /// This with another host.
    public Request to(String otherAuthority) {
        return new Request(method, otherAuthority, target, fields, body, framing, trailers, piece);
    }

    /// This with a field more.
    public Request with(String name, String value) {
        return new Request(method, authority, target, fields.with(name, value), body, framing, trailers, piece);
    }

    /// This with a body.
    public Request body(Body content, Framing told) {
        return new Request(method, authority, target, fields, content, told, trailers, piece);
    }

    /// This with a trailer more; the framing must be CHUNKED.
    public Request trailer(String name, String value) {
        return new Request(method, authority, target, fields, body, framing, trailers.with(name, value), piece);
    }

    /// This in smaller or larger pieces.
    public Request inPiecesOf(int bytes) {
        return new Request(method, authority, target, fields, body, framing, trailers, bytes);
    }
}
