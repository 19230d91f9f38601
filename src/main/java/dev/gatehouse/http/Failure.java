package dev.gatehouse.http;

import static dev.gatehouse.http.Failure.Retry.ALWAYS;
import static dev.gatehouse.http.Failure.Retry.IF_IDEMPOTENT;
import static dev.gatehouse.http.Failure.Retry.NEVER;
import static dev.gatehouse.http.Failure.Side.DOWNSTREAM;
import static dev.gatehouse.http.Failure.Side.INTERNAL;
import static dev.gatehouse.http.Failure.Side.UPSTREAM;

/// All that can end a request without the upstream's answer. Status, log token, side and whether another attempt is
/// safe
/// belong to the failure, never to the caller.
public enum Failure {
    CONTENT_LENGTH_AND_TRANSFER_ENCODING(400, "h1.cl_te", DOWNSTREAM, NEVER), // RFC 9112 §6.1
    CONTENT_LENGTH_REPEATED(400, "h1.cl_dup", DOWNSTREAM, NEVER), // RFC 9110 §8.6
    CONTENT_LENGTH_SYNTAX(400, "h1.cl_syntax", DOWNSTREAM, NEVER),
    TRANSFER_ENCODING_INVALID(400, "h1.te_bad", DOWNSTREAM, NEVER), // RFC 9112 §6.1
    TRANSFER_ENCODING_UNKNOWN(501, "h1.te_bad", DOWNSTREAM, NEVER),
    TRANSFER_ENCODING_IN_HTTP_1_0(400, "h1.te_10", DOWNSTREAM, NEVER),
    CONTROL_CHARACTER(400, "h1.ctl", DOWNSTREAM, NEVER),
    FIELD_SYNTAX(400, "h1.hdr_syntax", DOWNSTREAM, NEVER), // RFC 9112 §5
    LINE_END(400, "h1.bare_lf", DOWNSTREAM, NEVER), // RFC 9112 §2.2
    CHUNK_SYNTAX(400, "h1.chunk", DOWNSTREAM, NEVER), // RFC 9112 §7.1
    CHUNK_EXTENSION_TOO_LARGE(400, "h1.chunk_ext", DOWNSTREAM, NEVER), // RFC 9112 §7.1.1
    MALFORMED(400, "h1.syntax", DOWNSTREAM, NEVER),
    INVALID_HOST(400, "h1.host", DOWNSTREAM, NEVER), // RFC 9112 §3.2
    INVALID_METHOD(400, "h1.method", DOWNSTREAM, NEVER),
    METHOD_NOT_ALLOWED(405, "h1.method", DOWNSTREAM, NEVER),
    INVALID_PATH(400, "h1.path", DOWNSTREAM, NEVER),
    INVALID_TARGET(400, "h1.target", DOWNSTREAM, NEVER), // RFC 9112 §3.2
    VERSION_NOT_SUPPORTED(505, "h1.version", DOWNSTREAM, NEVER),
    WRONG_PROTOCOL(400, "l4.wrong_proto", DOWNSTREAM, NEVER),
    TARGET_TOO_LONG(414, "h1.too_large", DOWNSTREAM, NEVER),
    FIELDS_TOO_LARGE(431, "h1.too_large", DOWNSTREAM, NEVER), // RFC 6585 §5
    EXPECTATION_FAILED(417, "h1.expect", DOWNSTREAM, NEVER),
    UPGRADE_REFUSED(400, "h1.upgrade", DOWNSTREAM, NEVER),
    STREAM_MALFORMED(400, "h2.malformed", DOWNSTREAM, NEVER), // RFC 9113 §8.1.1
    CONNECT_PROTOCOL_UNKNOWN(501, "h2.connect", DOWNSTREAM, NEVER), // RFC 8441 §4
    HEADER_TIMEOUT(408, "slow.header", DOWNSTREAM, NEVER),
    BODY_TIMEOUT(408, "slow.body", DOWNSTREAM, NEVER),
    READER_TIMEOUT(499, "slow.read", DOWNSTREAM, NEVER),
    BODY_TOO_LARGE(413, "body.too_large", DOWNSTREAM, NEVER),
    CLIENT_ABORTED(499, "client.abort", DOWNSTREAM, NEVER),
    CLIENT_LIMIT(503, "conn.limit", DOWNSTREAM, NEVER),
    SNI_MISMATCH(421, "tls.sni_mismatch", DOWNSTREAM, NEVER), // RFC 9110 §15.5.20
    NO_SUCH_APP(503, "route.host", DOWNSTREAM, NEVER),
    NO_SUCH_ROUTE(404, "route.path", DOWNSTREAM, NEVER),
    LOOP(508, "up.loop", DOWNSTREAM, NEVER), // RFC 5842 §7.2

    NO_UPSTREAM(503, "up.none", UPSTREAM, NEVER),
    NAME_NOT_RESOLVED(502, "up.dns", UPSTREAM, ALWAYS),
    CONNECT_FAILED(502, "up.connect", UPSTREAM, ALWAYS), // nothing was sent yet
    CONNECT_TIMEOUT(504, "up.connect", UPSTREAM, ALWAYS),
    UPSTREAM_TLS(502, "up.tls", UPSTREAM, ALWAYS),
    UPSTREAM_TLS_TIMEOUT(504, "up.tls", UPSTREAM, ALWAYS),
    CONNECTION_STALE(502, "up.reuse_race", UPSTREAM, IF_IDEMPOTENT), // a kept connection that died before any byte came
    CONNECTION_LOST(502, "up.reset", UPSTREAM, IF_IDEMPOTENT), // RFC 9110 §9.2.2
    RESPONSE_TRUNCATED(502, "up.truncated", UPSTREAM, NEVER),
    RESPONSE_TIMEOUT(504, "up.timeout", UPSTREAM, NEVER),
    UPSTREAM_IDLE(504, "up.timeout", UPSTREAM, NEVER),
    RESPONSE_HEAD_INVALID(502, "up.bad_head", UPSTREAM, NEVER),
    RESPONSE_FRAMING(502, "up.framing", UPSTREAM, NEVER),
    SWITCH_UNASKED(502, "up.bad_101", UPSTREAM, NEVER),

    BUG(500, "internal", INTERNAL, NEVER);

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
        /// Something may have reached it: only for idempotent methods with a replayable body (RFC 9110 §9.2.2).
        IF_IDEMPOTENT,
        NEVER
    }

    private final int status;
    private final String token;
    private final Side side;
    private final Retry retry;

    Failure(int status, String token, Side side, Retry retry) {
        this.status = status;
        this.token = token;
        this.side = side;
        this.retry = retry;
    }

    /// The status of the answer; 499 is only logged, the client is gone.
    public int status() {
        return status;
    }

    /// The word that logs and metrics use.
    public String token() {
        return token;
    }

    public Side side() {
        return side;
    }

    public Retry retry() {
        return retry;
    }
}
