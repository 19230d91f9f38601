package dev.gatehouse.config;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads `[timeouts]`, and what a route has instead.
final class TimeoutsReading {
    private final Problems problems;

    TimeoutsReading(Problems problems) {
        this.problems = problems;
    }

    /// @param written null where the file has no such table
    /// @param connectionHandling which stands elsewhere
    TimeoutsConfig file(@Nullable Node written, Duration connectionHandling) {
        var node = written != null ? written : new Node(Keys.table("timeouts"), null, "timeouts", problems);
        return new TimeoutsConfig(
                node.span("client_header"),
                warned(node, "client_idle"),
                warned(node, "client_stall"),
                rate(node, node.number("client_min_rate")),
                node.spanOrNull("stream_idle") == null ? null : warned(node, "stream_idle"),
                node.span("tls_handshake"),
                node.span("upstream_connect"),
                warned(node, "upstream_response_header"),
                warned(node, "upstream_idle"),
                node.span("upstream_max_age"),
                warned(node, "tunnel_idle"),
                connectionHandling,
                node.span("drain"),
                node.span("tunnel_drain"));
    }

    /// @param written null where the route has no such table
    TimeoutsConfig route(@Nullable Node written, TimeoutsConfig file) {
        if (written == null) {
            return file;
        }
        var streamIdle = written.spanOrNull("stream_idle") == null ? null : warned(written, "stream_idle");
        return new TimeoutsConfig(
                file.clientHeader(),
                file.clientIdle(),
                span(written, "client_stall", file.clientStall()),
                rate(
                        written,
                        Objects.requireNonNullElse(written.integerOrNull("client_min_rate"), file.clientMinRate())),
                streamIdle == null ? file.streamIdleSaid() : streamIdle,
                file.tlsHandshake(),
                span(written, "upstream_connect", file.upstreamConnect()),
                span(written, "upstream_response_header", file.upstreamResponseHeader()),
                span(written, "upstream_idle", file.upstreamIdle()),
                Objects.requireNonNullElse(written.spanOrNull("upstream_max_age"), file.upstreamMaxAge()),
                span(written, "tunnel_idle", file.tunnelIdle()),
                file.connectionHandling(),
                file.drain(),
                file.tunnelDrain());
    }

    private Duration span(Node node, String name, Duration inherited) {
        return node.spanOrNull(name) == null ? inherited : warned(node, name);
    }

    private Duration warned(Node node, String name) {
        var span = node.span(name);
        if (span.isZero()) {
            problems.warning(
                    Code.RISKY, node.path(name), "no limit: a peer that hangs is waited for without end", null);
        }
        return span;
    }

    private long rate(Node node, long rate) {
        if (rate == 0 && node.has("client_min_rate") && !node.refused("client_min_rate")) {
            problems.warning(
                    Code.RISKY,
                    node.path("client_min_rate"),
                    "no least rate: a byte now and then holds a request for ever",
                    null);
        }
        return rate;
    }
}
