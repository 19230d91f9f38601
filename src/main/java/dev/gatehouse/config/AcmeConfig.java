package dev.gatehouse.config;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// `[acme]`.
///
/// @param email one contact
/// @param directory the CA's directory
/// @param caPath PEM bundle of the CAs that the directory's server is trusted by; null for those of the Java runtime
/// @param registryPath where account and certificates are kept, absolute
/// @param dnsHook command for the dns-01 challenge, absolute; present where an app uses that
/// @param externalAccount the account at the CA that ours is bound to
/// @param profile kind of certificate, as the CA names it; null for its default
/// @param keyType of certificates
/// @param maxOrders at a time, at least 1
public record AcmeConfig(
        String email,
        URI directory,
        @Nullable Path caPath,
        Path registryPath,
        @Nullable Path dnsHook,
        @Nullable ExternalAccount externalAccount,
        @Nullable String profile,
        AcmeKeyType keyType,
        int maxOrders) {
    /// An external account binding (RFC 8555 §7.3.4).
    ///
    /// @param hmacKey base64url
    public record ExternalAccount(String keyId, String hmacKey) {
        /// Without the key: records end up in logs.
        @Override
        public String toString() {
            return "ExternalAccount[" + keyId + "]";
        }
    }
}
