package dev.gatehouse.http;

import static dev.gatehouse.http.Failure.Retry.ALWAYS;
import static dev.gatehouse.http.Failure.Retry.IF_IDEMPOTENT;
import static dev.gatehouse.http.Failure.Retry.NEVER;
import static dev.gatehouse.http.Failure.Retry.REFUSED;
import static dev.gatehouse.http.Failure.Side.DOWNSTREAM;
import static dev.gatehouse.http.Failure.Side.INTERNAL;
import static dev.gatehouse.http.Failure.Side.UPSTREAM;

/// All that can end a request without the upstream's answer. Status, log token, side and whether another attempt is
/// safe belong to the failure, never to the caller.
public enum Failure {
    CONTENT_LENGTH_AND_TRANSFER_ENCODING(
            400,
            "h1.cl_te",
            DOWNSTREAM,
            NEVER,
            "The request has both Content-Length and Transfer-Encoding."), // RFC 9112 §6.1
    CONTENT_LENGTH_REPEATED(
            400, "h1.cl_dup", DOWNSTREAM, NEVER, "The request has more than one Content-Length."), // RFC 9110 §8.6
    CONTENT_LENGTH_SYNTAX(400, "h1.cl_syntax", DOWNSTREAM, NEVER, "The Content-Length of the request is not a number."),
    TRANSFER_ENCODING_INVALID(
            400, "h1.te_bad", DOWNSTREAM, NEVER, "The Transfer-Encoding of the request is not valid."), // RFC 9112 §6.1
    TRANSFER_ENCODING_UNKNOWN(
            501, "h1.te_bad", DOWNSTREAM, NEVER, "The Transfer-Encoding of the request is not known here."),
    TRANSFER_ENCODING_IN_HTTP_1_0(400, "h1.te_10", DOWNSTREAM, NEVER, "HTTP/1.0 has no Transfer-Encoding."),
    CONTROL_CHARACTER(400, "h1.ctl", DOWNSTREAM, NEVER, "The request has a control character where none may be."),
    FIELD_SYNTAX(400, "h1.hdr_syntax", DOWNSTREAM, NEVER, "A header field of the request is malformed."), // RFC 9112 §5
    LINE_END(400, "h1.bare_lf", DOWNSTREAM, NEVER, "A line of the request does not end as it must."), // RFC 9112 §2.2
    CHUNK_SYNTAX(400, "h1.chunk", DOWNSTREAM, NEVER, "The chunks of the request body are malformed."), // RFC 9112 §7.1
    CHUNK_EXTENSION_TOO_LARGE(
            400,
            "h1.chunk_ext",
            DOWNSTREAM,
            NEVER,
            "The chunks of the request body carry too much besides."), // RFC 9112 §7.1.1
    MALFORMED(400, "h1.syntax", DOWNSTREAM, NEVER, "The request is malformed."),
    INVALID_HOST(400, "h1.host", DOWNSTREAM, NEVER, "The request does not name one valid host."), // RFC 9112 §3.2
    INVALID_METHOD(400, "h1.method", DOWNSTREAM, NEVER, "The method of the request is not valid."),
    METHOD_NOT_ALLOWED(405, "h1.method", DOWNSTREAM, NEVER, "The method of the request is not allowed here."),
    INVALID_PATH(400, "h1.path", DOWNSTREAM, NEVER, "The path of the request is not valid."),
    ENCODED_SLASH(400, "h1.path", DOWNSTREAM, NEVER, "The path of the request has an encoded slash."),
    INVALID_TARGET(400, "h1.target", DOWNSTREAM, NEVER, "The target of the request is not valid."), // RFC 9112 §3.2
    VERSION_NOT_SUPPORTED(505, "h1.version", DOWNSTREAM, NEVER, "The HTTP version of the request is not supported."),
    WRONG_PROTOCOL(400, "l4.wrong_proto", DOWNSTREAM, NEVER, "This port speaks another protocol."),
    TARGET_TOO_LONG(414, "h1.too_large", DOWNSTREAM, NEVER, "The target of the request is too long."),
    FIELDS_TOO_LARGE(
            431,
            "h1.too_large",
            DOWNSTREAM,
            NEVER,
            "The header fields of the request are too many or too large."), // RFC 6585 §5
    EXPECTATION_FAILED(417, "h1.expect", DOWNSTREAM, NEVER, "The expectation of the request is not known here."),
    STREAM_MALFORMED(400, "h2.malformed", DOWNSTREAM, NEVER, "The request is malformed."), // RFC 9113 §8.1.1
    STREAM_INJECTION(
            400,
            "h2.inject",
            DOWNSTREAM,
            NEVER,
            "The request has blanks where they would end a line."), // RFC 9113 §10.3
    STREAM_AUTHORITY(
            400, "h2.authority", DOWNSTREAM, NEVER, "The request does not name one valid target."), // RFC 9113 §8.3.1
    STREAM_LENGTH(
            400, "h2.cl", DOWNSTREAM, NEVER, "The body of the request is not as long as it says."), // RFC 9113 §8.1.1
    STREAM_FLOW(400, "h2.flow", DOWNSTREAM, NEVER, "The flow control window is too large."), // RFC 9113 §6.9.1
    STREAM_STALLED(499, "h2.stall", DOWNSTREAM, NEVER, "The flow control window was not opened in time."),
    FIELD_LIST_TOO_LARGE(
            431,
            "h2.hpack",
            DOWNSTREAM,
            NEVER,
            "The header fields of the request are too many or too large."), // RFC 6585 §5
    HEADER_TIMEOUT(408, "slow.header", DOWNSTREAM, NEVER, "The request did not arrive in time."),
    BODY_TIMEOUT(408, "slow.body", DOWNSTREAM, NEVER, "The body of the request did not arrive in time."),
    READER_TIMEOUT(499, "slow.read", DOWNSTREAM, NEVER, "The answer was not read in time."),
    STREAM_IDLE(504, "stream.idle", DOWNSTREAM, NEVER, "Neither side said anything for too long."),
    BODY_TOO_LARGE(413, "body.too_large", DOWNSTREAM, NEVER, "The body of the request is too large."),
    CLIENT_ABORTED(499, "client.abort", DOWNSTREAM, NEVER, "The client left."),
    SNI_MISMATCH(
            421,
            "tls.sni_mismatch",
            DOWNSTREAM,
            NEVER,
            "The host of the request is not the one of its TLS connection."), // RFC 9110 §15.5.20
    NO_SUCH_APP(503, "route.host", DOWNSTREAM, NEVER, Texts.UNAVAILABLE),
    NO_SUCH_ROUTE(404, "route.path", DOWNSTREAM, NEVER, "There is nothing at this path."),
    LOOP(508, "up.loop", DOWNSTREAM, NEVER, "The request came back to where it had been."), // RFC 5842 §7.2

    NAME_NOT_RESOLVED(502, "up.dns", UPSTREAM, ALWAYS, Texts.UNREACHABLE),
    CONNECT_FAILED(502, "up.connect", UPSTREAM, ALWAYS, Texts.UNREACHABLE), // nothing was sent yet
    CONNECT_TIMEOUT(504, "up.connect", UPSTREAM, ALWAYS, Texts.TOO_LATE),
    UPSTREAM_TLS(502, "up.tls", UPSTREAM, ALWAYS, Texts.UNREACHABLE),
    UPSTREAM_TLS_TIMEOUT(504, "up.tls", UPSTREAM, ALWAYS, Texts.TOO_LATE),
    CONNECTION_STALE(
            502,
            "up.reuse_race",
            UPSTREAM,
            IF_IDEMPOTENT,
            Texts.NO_RESPONSE), // a kept connection that died before any byte came
    STREAM_REFUSED(502, "up.goaway", UPSTREAM, REFUSED, Texts.NO_RESPONSE), // RFC 9113 §8.7
    CONNECTION_LOST(502, "up.reset", UPSTREAM, IF_IDEMPOTENT, Texts.NO_RESPONSE), // RFC 9110 §9.2.2
    RESPONSE_TRUNCATED(502, "up.truncated", UPSTREAM, NEVER, Texts.BAD_GATEWAY),
    RESPONSE_TIMEOUT(504, "up.timeout", UPSTREAM, NEVER, Texts.TOO_LATE),
    UPSTREAM_IDLE(504, "up.timeout", UPSTREAM, NEVER, Texts.TOO_LATE),
    RESPONSE_HEAD_INVALID(502, "up.bad_head", UPSTREAM, NEVER, Texts.BAD_GATEWAY),
    RESPONSE_FRAMING(502, "up.framing", UPSTREAM, NEVER, Texts.BAD_GATEWAY),
    SWITCH_UNASKED(502, "up.bad_101", UPSTREAM, NEVER, Texts.BAD_GATEWAY),
    UPSTREAM_FULL(503, "up.limit", UPSTREAM, ALWAYS, Texts.UNAVAILABLE),

    NO_DESCRIPTOR(503, "fd.limit", INTERNAL, NEVER, Texts.UNAVAILABLE),
    TOO_MANY_REQUESTS(503, "limit.requests", INTERNAL, NEVER, Texts.BUSY),
    TOO_MANY_REQUESTS_OF_CLIENT(503, "limit.requests_per_ip", INTERNAL, NEVER, Texts.BUSY),
    MEMORY_SHORT(503, "limit.memory", INTERNAL, NEVER, Texts.BUSY),
    GAVE_WAY(503, "limit.waiting", INTERNAL, NEVER, Texts.BUSY),
    BUG(500, "internal", INTERNAL, NEVER, "Something went wrong here.");

    private static final class Texts {
        private static final String UNREACHABLE = "The server behind this proxy cannot be reached.";
        private static final String NO_RESPONSE = "The server behind this proxy gave no response.";
        private static final String BAD_GATEWAY = "The server behind this proxy gave no valid response.";
        private static final String UNAVAILABLE = "No server is available for this request.";
        private static final String BUSY = "There are too many requests at the moment.";
        private static final String TOO_LATE = "The server behind this proxy did not answer in time.";
    }

    /// Whose doing it was.
    public enum Side {
        DOWNSTREAM,
        UPSTREAM,
        INTERNAL
    }

    /// Whether another attempt at another connection is safe after it.
    public enum Retry {
        /// Nothing reached the upstream.
        ALWAYS,
        /// It says that it did nothing with the request: safe with the same upstream, too.
        REFUSED,
        /// Something may have reached it: only for idempotent methods with a replayable body (RFC 9110 §9.2.2).
        IF_IDEMPOTENT,
        NEVER
    }

    private final int status;
    private final String text;
    private final String token;
    private final Side side;
    private final Retry retry;

    Failure(int status, String token, Side side, Retry retry, String text) {
        this.status = status;
        this.token = token;
        this.side = side;
        this.retry = retry;
        this.text = text;
    }

    /// The status of the answer; 499 is only logged, the client is gone.
    public int status() {
        return status;
    }

    /// The word that logs and metrics use.
    public String token() {
        return token;
    }

    /// What the client reads: one sentence without anything of what is behind us.
    public String text() {
        return text;
    }

    public Side side() {
        return side;
    }

    public Retry retry() {
        return retry;
    }

    /// Whether it was refused before anything was done, so that HTTP/2 can say that it may be sent again (RFC 9113
    /// §8.7).
    public boolean isRefusal() {
        return switch (this) {
            case TOO_MANY_REQUESTS, TOO_MANY_REQUESTS_OF_CLIENT, MEMORY_SHORT -> true;
            default -> false;
        };
    }

    /// Whether it is a malformed request of HTTP/2, which is reset and not answered (RFC 9113 §8.1.1).
    public boolean isStreamError() {
        return switch (this) {
            case STREAM_MALFORMED, STREAM_INJECTION, STREAM_AUTHORITY, STREAM_LENGTH, STREAM_FLOW -> true;
            default -> false;
        };
    }
}
