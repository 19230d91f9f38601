package dev.gatehouse.observe;

import dev.gatehouse.config.LogConfig.AccessFormat;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes access records as lines. `docs/operating.md` describes every key; both formats use the same. One thread.
final class AccessLines {
    private static final Key CLIENT_PORT = new Key("client_port");
    private static final Key SCHEME = new Key("scheme");
    private static final Key HOST = new Key("host");
    private static final Key METHOD = new Key("method");
    private static final Key TARGET = new Key("target");
    private static final Key PROTOCOL = new Key("protocol");
    private static final Key STATUS = new Key("status");
    private static final Key BYTES_SENT = new Key("bytes_sent");
    private static final Key REFERER = new Key("referer");
    private static final Key USER_AGENT = new Key("user_agent");
    private static final Key BYTES_RECEIVED = new Key("bytes_received");
    private static final Key DURATION_MS = new Key("duration_ms");
    private static final Key FIRST_BYTE_MS = new Key("first_byte_ms");
    private static final Key FORWARDED_FOR = new Key("forwarded_for");
    private static final Key APP = new Key("app");
    private static final Key ROUTE = new Key("route");
    private static final Key UPSTREAM = new Key("upstream");
    private static final Key ATTEMPTS = new Key("attempts");
    private static final Key REQUEST_ID = new Key("request_id");
    private static final Key TLS_VERSION = new Key("tls_version");
    private static final Key TLS_CIPHER = new Key("tls_cipher");
    private static final Key TLS_GROUP = new Key("tls_group");
    private static final Key CLIENT_VERIFY = new Key("tls_client_verify");
    private static final Key CLIENT_SUBJECT = new Key("tls_client_subject");
    private static final Key SNI = new Key("sni");
    private static final Key CONNECTION = new Key("connection");
    private static final Key REQUEST = new Key("request");
    private static final Key FAILURE = new Key("failure");
    private static final Key SIDE = new Key("side");
    private static final Key PHASE = new Key("phase");
    private static final Key CAUSE = new Key("cause");

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
            number(CLIENT_PORT, access.client.getPort(), out);
        }
        text(SCHEME, access.scheme, out);
        text(HOST, access.host, out);
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
            number(CLIENT_PORT, access.client.getPort(), out);
        }
        text(METHOD, access.method, out);
        text(SCHEME, access.scheme, out);
        text(HOST, access.host, out);
        text(TARGET, redacted(access.target), out);
        text(PROTOCOL, access.protocol == null ? null : access.protocol.text(), out);
        number(STATUS, access.status, out);
        number(BYTES_SENT, access.bytesSent, out);
        text(REFERER, redacted(access.referer), out);
        text(USER_AGENT, access.userAgent, out);
        rest(access, out);
        out.raw("}\n");
    }

    private void rest(AccessRecord access, LineBuffer out) {
        number(BYTES_RECEIVED, access.bytesReceived, out);
        millis(DURATION_MS, access.durationMicros, out);
        millis(FIRST_BYTE_MS, access.firstByteMicros, out);
        text(FORWARDED_FOR, access.forwardedFor, out);
        text(APP, access.app, out);
        text(ROUTE, access.route, out);
        text(UPSTREAM, access.upstream, out);
        number(ATTEMPTS, access.attempts, out);
        text(REQUEST_ID, access.requestId, out);
        var tls = access.tls;
        if (tls != null) {
            text(TLS_VERSION, tls.version(), out);
            text(TLS_CIPHER, tls.cipher(), out);
            text(TLS_GROUP, tls.group(), out);
            var identity = tls.client();
            if (identity != null) {
                text(CLIENT_VERIFY, identity.verified() ? "SUCCESS" : "NONE", out);
                text(CLIENT_SUBJECT, identity.verified() ? identity.subject() : null, out);
            }
        }
        text(SNI, access.sni, out);
        number(CONNECTION, access.connection, out);
        number(REQUEST, access.request, out);
        var failure = access.failure;
        if (failure != null) {
            text(FAILURE, failure.token(), out);
            text(SIDE, failure.side().name().toLowerCase(Locale.ROOT), out);
        }
        text(PHASE, access.phase, out);
        text(CAUSE, access.cause, out);
    }

    private void key(Key key, LineBuffer out) {
        out.raw(json ? key.json : key.combined);
    }

    private void text(Key key, @Nullable String value, LineBuffer out) {
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

    private void number(Key key, long value, LineBuffer out) {
        if (value >= 0) {
            key(key, out);
            out.number(value);
        }
    }

    private void millis(Key key, long micros, LineBuffer out) {
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

    /// The name of a fact, as each format begins it.
    private static final class Key {
        private final byte[] combined;
        private final byte[] json;

        private Key(String name) {
            combined = (" " + name + "=").getBytes(StandardCharsets.US_ASCII);
            json = (",\"" + name + "\":").getBytes(StandardCharsets.US_ASCII);
        }
    }
}
