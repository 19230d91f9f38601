package dev.gatehouse.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How long each wait may last. A duration of zero is no limit. A route's table overrides the file's, except
/// `clientHeader`, `tlsHandshake` and `connectionHandling`, which end before a route is known, and those of draining.
///
/// @param clientHeader from the first byte of a request, or from the accept, to the end of its header section
/// @param clientIdle between two requests of a connection
/// @param clientStall how long a client that is waited for may be behind `clientMinRate`: silence while a request's
///     body is awaited from it, or while it is to take a piece of a response
/// @param clientMinRate bytes a second that a client which is waited for must move; 0 is none, then any byte will do
/// @param streamIdleSaid silence in both directions once both sides may talk; null where the file says nothing, so
///     that it depends on what is spoken: see [#streamIdle()] and [#openEndedIdle()]
/// @param tlsHandshake from the accept to the end of the TLS handshake
/// @param upstreamConnect TCP connect (and, counted anew, TLS handshake) with one upstream
/// @param upstreamResponseHeader from the end of the request to the end of the answer's header section
/// @param upstreamIdle between two pieces of an answer's body
/// @param upstreamMaxAge of a connection with an upstream when the last call on it begins
/// @param tunnelIdle silence in both directions of an upgraded connection
/// @param connectionHandling a client connection as a whole, idle or not; zero by default
/// @param drain how long connections may take to end when the proxy stops, or their app goes; not zero
/// @param tunnelDrain the same for upgraded connections; not zero
public record TimeoutsConfig(
        Duration clientHeader,
        Duration clientIdle,
        Duration clientStall,
        long clientMinRate,
        @Nullable Duration streamIdleSaid,
        Duration tlsHandshake,
        Duration upstreamConnect,
        Duration upstreamResponseHeader,
        Duration upstreamIdle,
        Duration upstreamMaxAge,
        Duration tunnelIdle,
        Duration connectionHandling,
        Duration drain,
        Duration tunnelDrain) {
    /// What [#streamIdle()] is where the file says nothing.
    public static final Duration STREAM_IDLE = Duration.ofMinutes(5);

    /// What holds where the file says nothing.
    public static final TimeoutsConfig DEFAULTS = new TimeoutsConfig(
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            240,
            null,
            Duration.ofSeconds(15),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofHours(1),
            Duration.ofMinutes(10),
            Duration.ZERO,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));

    /// How long an upstream may leave a piece of a request's body unread: as long as it may think about an answer and
    /// pause in it. Zero is no limit.
    public Duration upstreamRead() {
        return upstreamResponseHeader.isZero() || upstreamIdle.isZero()
                ? Duration.ZERO
                : upstreamResponseHeader.plus(upstreamIdle);
    }

    /// Silence in both directions of an exchange whose response began before the request's end. Zero is no limit.
    public Duration streamIdle() {
        return streamIdleSaid == null ? STREAM_IDLE : streamIdleSaid;
    }

    /// The same for what is silent by its nature: gRPC and event streams. Zero is no limit.
    public Duration openEndedIdle() {
        return streamIdleSaid == null ? Duration.ZERO : streamIdleSaid;
    }
}
