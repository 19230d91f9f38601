package dev.gatehouse.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whom an app asks for a certificate, and which ones it takes.
///
/// @param caPath PEM bundle, absolute; every certificate in it is trusted to sign those of clients
/// @param required whether a client without a certificate is refused; one that shows a wrong one always is
/// @param crlPath PEM or DER lists of revoked certificates, absolute; null when nothing is revoked
/// @param allowedSubjects distinguished names (RFC 4514)
/// @param allowedSans alternative names with their type before them: `dns:`, `email:`, `uri:`, `ip:`
/// @param weakCertificates whether RSA keys below 2048 bits and signatures with SHA-1 are taken
/// @param identityHeaders whether the upstreams are told who it is
public record ClientAuthConfig(
        Path caPath,
        boolean required,
        @Nullable Path crlPath,
        List<String> allowedSubjects,
        List<String> allowedSans,
        boolean weakCertificates,
        boolean identityHeaders) {
    public ClientAuthConfig {
        allowedSubjects = List.copyOf(allowedSubjects);
        allowedSans = List.copyOf(allowedSans);
    }
}
