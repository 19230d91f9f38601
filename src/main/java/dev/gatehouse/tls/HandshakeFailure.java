package dev.gatehouse.tls;

import org.jspecify.annotations.Nullable;

/// What a handshake failed of, for the log.
///
/// @param token stable word
/// @param subject of the client's certificate; null where it showed none
/// @param cause one line; may hold what strangers wrote
public record HandshakeFailure(String token, @Nullable String subject, String cause) {}
