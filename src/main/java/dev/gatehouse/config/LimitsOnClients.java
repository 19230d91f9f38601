package dev.gatehouse.config;

import java.util.List;

/// What limits clients here and does not in rpxy, or not in the same way: in one place of the manual, so that people
/// who come from there find out why a client is cut off.
final class LimitsOnClients {
    /// @param table name of the key's table
    /// @param rpxy what rpxy has in its place
    /// @param effect on a client that is beyond it
    record Limit(String table, String key, String rpxy, String effect) {}

    static final List<Limit> ALL = List.of(
            new Limit("timeouts", "client_header", "20 s, fixed; closes", "408; HTTP/2: the connection is closed"),
            new Limit("timeouts", "client_idle", "20 s, fixed", "the connection is closed"),
            new Limit("timeouts", "client_min_rate", "none", "see `client_stall`"),
            new Limit(
                    "timeouts",
                    "client_stall",
                    "none",
                    "in a body 408; in a response the connection is closed, or its stream reset"),
            new Limit(
                    "timeouts",
                    "stream_idle",
                    "none",
                    "the response is cut off; gRPC: `UNAVAILABLE`, or `DEADLINE_EXCEEDED` where only the server was"
                            + " to speak"),
            new Limit("timeouts", "tls_handshake", "15 s, fixed", "the connection is closed"),
            new Limit("timeouts", "tunnel_idle", "none", "the tunnel is closed"),
            new Limit("tls", "handshakes_per_second", "none", "the connection is closed"),
            new Limit("tls", "handshakes_per_second_per_ip", "none", "the connection is closed"),
            new Limit(
                    "",
                    "max_requests",
                    "none",
                    "503; HTTP/2: the stream is refused; who waits longest gives way first"),
            new Limit("", "max_requests_per_ip", "none", "503; HTTP/2: the stream is refused"),
            new Limit("", "request_line_max_size", "64 KiB, fixed", "414"),
            new Limit("", "request_header_max_size", "408 KiB (HTTP/2: 16 KiB), fixed", "431"),
            new Limit("", "request_header_max_count", "100, fixed", "431"));

    private static final String START = """

        ## Limits on clients that rpxy does not have

        Where clients were served by rpxy and are not here, it is probably one of these. The access log names the reason (see
        docs/operating.md), and each can be set. While memory is short, a quarter of `client_header` and of `client_stall` holds.

        | key | default | rpxy | a client beyond it |
        |---|---|---|---|
        """;

    private LimitsOnClients() {}

    static String markdown() {
        var text = new StringBuilder(START);
        for (var limit : ALL) {
            var table = limit.table.isEmpty() ? "" : " of `[" + limit.table + "]`";
            text.append("| `%s`%s | %s | %s | %s |\n"
                    .formatted(limit.key, table, fallback(limit), limit.rpxy, limit.effect));
        }
        return text.toString();
    }

    /// The default as the manual writes it.
    static String fallback(Limit limit) {
        var key = Keys.table(limit.table).find(limit.key);
        if (key == null || key.fallbackText() == null) {
            throw new IllegalStateException("no default of " + limit.key);
        }
        var text = key.fallbackText();
        var unit = key.unit() == null || text.contains("(") ? "" : " " + key.unit();
        return (text.indexOf('`') >= 0 ? text : '`' + text + '`') + unit;
    }
}
