package dev.gatehouse.acme;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How it stands with one automatic certificate.
///
/// @param directory of the CA
/// @param challenge how the CA is convinced
/// @param ordering whether an order is under way
/// @param nextRenewal when the next one is due; null while there is none
/// @param failures how many orders in a row failed
/// @param nextTry when to order again behind a failure; null without one
/// @param lastError what went wrong last, one line; null when nothing did since the last certificate
public record AcmeStatus(
        String directory,
        String challenge,
        boolean ordering,
        @Nullable Instant nextRenewal,
        int failures,
        @Nullable Instant nextTry,
        @Nullable String lastError) {}
