package dev.gatehouse.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One `[apps.NAME.tls]`. Either both certificate paths are present, or `acme` is true.
///
/// @param certPath PEM certificate chain, absolute
/// @param keyPath PEM private key, absolute
/// @param clientCaPath PEM bundle; clients must present a certificate that one of these CAs signed
/// @param acme whether the certificate comes by ACME
public record AppTlsConfig(
        @Nullable Path certPath,
        @Nullable Path keyPath,
        @Nullable Path clientCaPath,
        boolean acme) {}
