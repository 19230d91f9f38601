package dev.gatehouse.observe;

import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.TlsInfo;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What the access log says about one request. The loop fills it in and gives it to [AccessLog#record]; from then on
/// nobody changes it. A fact that does not exist stays null, or -1 for numbers, and is left out of the line.
///
/// Strings hold what the client sent, unescaped; escaping and redaction are the writer's business.
public final class AccessRecord {
    /// When its first byte arrived, in microseconds since 1970 ([#nowMicros()]): [#durationMicros] before its end.
    public long startMicros;

    /// From the first byte of the request to the end of the answer, in microseconds.
    public long durationMicros;

    /// From the start of the request to the first byte of the upstream's answer, in microseconds.
    public long firstByteMicros = -1;

    /// The client's address and port.
    public @Nullable InetSocketAddress client;

    public @Nullable String method;

    /// `http` or `https`: what the client speaks with us.
    public @Nullable String scheme;

    /// The authority of the request, or its Host field.
    public @Nullable String host;

    /// Path and query as sent.
    public @Nullable String target;

    public @Nullable Protocol protocol;

    /// The status of the answer; 499 where the client left before it.
    public int status;

    /// Bytes of the answer's content that were given to the connection.
    public long bytesSent;

    /// Bytes of the request's content that arrived.
    public long bytesReceived;

    public @Nullable String referer;

    public @Nullable String userAgent;

    /// X-Forwarded-For as the upstream gets it; as it came in where no upstream was asked.
    public @Nullable String forwardedFor;

    /// Name of the app.
    public @Nullable String app;

    /// The `path` of the route.
    public @Nullable String route;

    /// `host:port` of the upstream that was tried last.
    public @Nullable String upstream;

    /// How many upstream attempts were made.
    public int attempts;

    public @Nullable String requestId;

    /// What the client's handshake agreed on; null without TLS.
    public @Nullable TlsInfo tls;

    /// The server name of the ClientHello.
    public @Nullable String sni;

    /// What ended the request, if not the upstream's answer.
    public @Nullable Failure failure;

    /// Where on the road it failed: `connect`, `response_header`, ...
    public @Nullable String phase;

    /// The failure in its own words: `Connection refused`.
    public @Nullable String cause;

    /// Number of the client's connection since the start.
    public long connection = -1;

    /// Number of the request on its connection, from 1.
    public int request = -1;

    /// The wall clock in the unit of [#startMicros].
    public static long nowMicros() {
        var now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }
}
