package dev.gatehouse.config;

import java.time.Duration;

/// How long each wait may last. A duration of zero is no limit. A route's table overrides the file's, except
/// `clientHeader`, `tlsHandshake` and `connectionHandling`, which end before a route is known, and those of draining.
///
/// @param clientHeader from the first byte of a request, or from the accept, to the end of its header section
/// @param clientIdle between two requests of a connection, and between two pieces of a request body or of an answer
/// that
///     the client reads
/// @param tlsHandshake from the accept to the end of the TLS handshake
/// @param upstreamConnect TCP connect (and, counted anew, TLS handshake) with one upstream
/// @param upstreamResponseHeader from the end of the request to the end of the answer's header section
/// @param upstreamIdle between two pieces of an answer's body
/// @param tunnelIdle silence in both directions of an upgraded connection
/// @param connectionHandling a client connection as a whole, idle or not; zero by default
/// @param drain how long connections may take to end when the proxy stops, or their app goes; not zero
/// @param tunnelDrain the same for upgraded connections; not zero
public record TimeoutsConfig(
        Duration clientHeader,
        Duration clientIdle,
        Duration tlsHandshake,
        Duration upstreamConnect,
        Duration upstreamResponseHeader,
        Duration upstreamIdle,
        Duration tunnelIdle,
        Duration connectionHandling,
        Duration drain,
        Duration tunnelDrain) {
    /// What holds where the file says nothing.
    public static final TimeoutsConfig DEFAULTS = new TimeoutsConfig(
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(15),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
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
}
