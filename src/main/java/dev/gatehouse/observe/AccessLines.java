package dev.gatehouse.observe;

import dev.gatehouse.config.LogConfig.AccessFormat;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes access records as lines. `docs/operating.md` describes every key; both formats use the same. One thread.
final class AccessLines {
    private final boolean json;
    private final boolean redactQuery;
    private final TimeText time;

    AccessLines(AccessFormat format, boolean redactQuery) {
        this.json = format == AccessFormat.JSON;
        this.redactQuery = redactQuery;
        this.time = json ? TimeText.iso() : TimeText.ncsa();
    }

    /// Adds one line, its end included.
    void append(AccessRecord access, LineBuffer out) {
        if (json) {
            json(access, out);
        } else {
            combined(access, out);
        }
    }

    /// NCSA combined, then our own pairs.
    private void combined(AccessRecord access, LineBuffer out) {
        client(access, out);
        out.raw(" - - [");
        time.append(out, access.startMicros);
        out.raw("] \"").escaped(orDash(access.method)).raw(' ').escaped(orDash(redacted(access.target)));
        out.raw(' ').raw(access.protocol == null ? "-" : access.protocol.text());
        out.raw("\" ").number(access.status).raw(' ').number(access.bytesSent);
        out.raw(" \"").escaped(orDash(redacted(access.referer)));
        out.raw("\" \"").escaped(orDash(access.userAgent)).raw('"');
        if (access.client != null) {
            number("client_port", access.client.getPort(), out);
        }
        text("scheme", access.scheme, out);
        text("host", access.host, out);
        rest(access, out);
        out.raw('\n');
    }

    private void json(AccessRecord access, LineBuffer out) {
        out.raw("{\"time\":\"");
        time.append(out, access.startMicros);
        out.raw('"');
        if (access.client != null) {
            out.raw(",\"client\":\"");
            client(access, out);
            out.raw('"');
            number("client_port", access.client.getPort(), out);
        }
        text("method", access.method, out);
        text("scheme", access.scheme, out);
        text("host", access.host, out);
        text("target", redacted(access.target), out);
        text("protocol", access.protocol == null ? null : access.protocol.text(), out);
        number("status", access.status, out);
        number("bytes_sent", access.bytesSent, out);
        text("referer", redacted(access.referer), out);
        text("user_agent", access.userAgent, out);
        rest(access, out);
        out.raw("}\n");
    }

    private void rest(AccessRecord access, LineBuffer out) {
        number("bytes_received", access.bytesReceived, out);
        millis("duration_ms", access.durationMicros, out);
        millis("first_byte_ms", access.firstByteMicros, out);
        text("forwarded_for", access.forwardedFor, out);
        text("app", access.app, out);
        text("route", access.route, out);
        text("upstream", access.upstream, out);
        number("attempts", access.attempts, out);
        text("request_id", access.requestId, out);
        var tls = access.tls;
        if (tls != null) {
            text("tls_version", tls.version(), out);
            text("tls_cipher", tls.cipher(), out);
            text("tls_group", tls.group(), out);
        }
        text("sni", access.sni, out);
        number("connection", access.connection, out);
        number("request", access.request, out);
        var failure = access.failure;
        if (failure != null) {
            text("failure", failure.token(), out);
            text("side", failure.side().name().toLowerCase(Locale.ROOT), out);
        }
        text("phase", access.phase, out);
        text("cause", access.cause, out);
    }

    private void key(String key, LineBuffer out) {
        if (json) {
            out.raw(",\"").raw(key).raw("\":");
        } else {
            out.raw(' ').raw(key).raw('=');
        }
    }

    private void text(String key, @Nullable String value, LineBuffer out) {
        if (value != null) {
            key(key, out);
            out.raw('"');
            if (json) {
                out.json(value);
            } else {
                out.escaped(value);
            }
            out.raw('"');
        }
    }

    private void number(String key, long value, LineBuffer out) {
        if (value >= 0) {
            key(key, out);
            out.number(value);
        }
    }

    private void millis(String key, long micros, LineBuffer out) {
        if (micros >= 0) {
            key(key, out);
            out.millis(micros);
        }
    }

    private @Nullable String redacted(@Nullable String uri) {
        return redactQuery && uri != null ? QueryRedaction.apply(uri) : uri;
    }

    private static String orDash(@Nullable String text) {
        return text == null || text.isEmpty() ? "-" : text;
    }

    private static void client(AccessRecord access, LineBuffer out) {
        var address = access.client == null ? null : access.client.getAddress();
        if (address == null) {
            out.raw('-');
        } else if (address instanceof Inet4Address) {
            var bytes = address.getAddress();
            for (int i = 0; i < 4; i++) {
                (i == 0 ? out : out.raw('.')).number(bytes[i] & 0xFF);
            }
        } else {
            ipv6(address, out);
        }
    }

    /// The one text of an IPv6 address that RFC 5952 §4 allows: lower case, the longest run of zeros as `::`.
    private static void ipv6(InetAddress address, LineBuffer out) {
        var bytes = address.getAddress();
        var groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = ((bytes[2 * i] & 0xFF) << 8) | (bytes[2 * i + 1] & 0xFF);
        }
        var runStart = -1;
        var runLength = 1; // a single group of zeros is not shortened
        for (int i = 0; i < 8; i++) {
            var end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        var colon = false;
        for (int i = 0; i < 8; i++) {
            if (i == runStart) {
                out.raw("::");
                i += runLength - 1;
                colon = false;
            } else {
                if (colon) {
                    out.raw(':');
                }
                out.raw(Integer.toHexString(groups[i]));
                colon = true;
            }
        }
    }
}
