package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.IpLiteral;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.observe.Facts;
import dev.gatehouse.observe.RateLimited;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/// Says in the system log what one client did wrong in frames. Confined to the client's loop.
final class Http2Faults {
    private final RateLimited log;
    private final ClientConnection client;
    private boolean closing;

    Http2Faults(RateLimited log, ClientConnection client) {
        this.log = log;
        this.client = client;
    }

    /// The connection ends. Only the first reason is told.
    void closing(String token) {
        closing(token, "too many frames that are no work");
    }

    /// See [#closing(String)].
    void closing(String token, String cause) {
        if (!closing) {
            closing = true;
            tell(Level.WARN, "connection closed", token, cause);
        }
    }

    /// A stream is refused before it is a request.
    void refused(String token) {
        refused(token, "too many streams");
    }

    /// See [#refused(String)].
    void refused(String token, String cause) {
        if (!closing) {
            tell(Level.INFO, "request refused", token, cause);
        }
    }

    private void tell(Level level, String event, String token, String cause) {
        log.log(
                level,
                token,
                event + " client={} reason={} cause={}",
                IpLiteral.text(client.remote().getAddress()),
                token,
                Facts.quoted(cause));
    }

    /// The token for what Jetty calls `code/reason`; null for what is nobody's fault.
    static @Nullable String token(String failure) {
        int slash = failure.indexOf('/');
        if (slash < 0) {
            return null;
        }
        var reason = failure.substring(slash + 1);
        return switch (reason) {
            case Http2Parser.TOO_MANY_CONTINUATIONS, "invalid_continuation_stream" -> "h2.flood.cont";
            case "invalid_stream_id", "unexpected_headers_frame" -> "h2.streams";
            case "slow_header" -> "slow.header";
            default ->
                switch (failure.substring(0, slash)) {
                    case "flow_control_error" -> "h2.flow";
                    case "compression_error" -> "h2.hpack";
                    case "enhance_your_calm_error" -> "h2.flood.ctl";
                    case "protocol_error", "frame_size_error", "stream_closed_error", "refused_stream_error" ->
                        "h2.malformed";
                    default -> null;
                };
        };
    }
}
