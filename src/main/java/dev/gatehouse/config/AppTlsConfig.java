package dev.gatehouse.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One `[apps.NAME.tls]`. Either both certificate paths are present, or `acme`.
///
/// @param certPath PEM certificate chain, absolute
/// @param keyPath PEM private key, absolute
/// @param clientAuth null where clients are not asked for a certificate
/// @param policy what is agreed on with clients
/// @param hsts null where answers have no such field of ours
/// @param acme how the CA is convinced where the certificate comes by ACME
public record AppTlsConfig(
        @Nullable Path certPath,
        @Nullable Path keyPath,
        @Nullable ClientAuthConfig clientAuth,
        TlsPolicy policy,
        @Nullable HstsConfig hsts,
        @Nullable AcmeChallenge acme) {}
