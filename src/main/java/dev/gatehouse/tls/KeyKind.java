package dev.gatehouse.tls;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A kind of certificate key, and what of TLS can be used with it.
///
/// An engine is told only this much: it goes through every suite and scheme that is enabled in each handshake.
@SuppressWarnings("ImmutableEnumChecker") // the lists come from List.of
enum KeyKind {
    RSA(
            List.of("RSA", "ECDHE_RSA"),
            List.of(
                    "rsa_pss_rsae_sha256",
                    "rsa_pss_rsae_sha384",
                    "rsa_pss_rsae_sha512",
                    "rsa_pkcs1_sha256",
                    "rsa_pkcs1_sha384",
                    "rsa_pkcs1_sha512")),
    RSA_PSS(List.of("RSASSA-PSS"), List.of("rsa_pss_pss_sha256", "rsa_pss_pss_sha384", "rsa_pss_pss_sha512")),
    /// Keys that may be used with one hash only (RFC 4055 §3.1).
    RSA_PSS_SHA256(List.of("RSASSA-PSS"), List.of("rsa_pss_pss_sha256")),
    RSA_PSS_SHA384(List.of("RSASSA-PSS"), List.of("rsa_pss_pss_sha384")),
    RSA_PSS_SHA512(List.of("RSASSA-PSS"), List.of("rsa_pss_pss_sha512")),
    P256(
            List.of("EC/secp256r1", "ECDHE_ECDSA"),
            List.of("ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp521r1_sha512")),
    P384(
            List.of("EC/secp384r1", "ECDHE_ECDSA"),
            List.of("ecdsa_secp384r1_sha384", "ecdsa_secp256r1_sha256", "ecdsa_secp521r1_sha512")),
    P521(
            List.of("EC/secp521r1", "ECDHE_ECDSA"),
            List.of("ecdsa_secp521r1_sha512", "ecdsa_secp384r1_sha384", "ecdsa_secp256r1_sha256")),
    ED25519(List.of("Ed25519"), List.of("ed25519"));

    /// The names by which an engine asks for such a key: TLS 1.3 by kind, TLS 1.2 also by key exchange.
    final List<String> askedFor;

    /// The signature schemes that it can make, in TLS 1.2 with any hash (RFC 8446 §4.2.3).
    final List<String> schemes;

    KeyKind(List<String> askedFor, List<String> schemes) {
        this.askedFor = askedFor;
        this.schemes = schemes;
    }

    /// @throws IllegalArgumentException for a key that TLS has no use for
    static KeyKind of(PublicKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> RSA;
            case "RSASSA-PSS" -> pss(((RSAKey) key).getParams());
            case "EC" ->
                switch (((ECPublicKey) key).getParams().getOrder().bitLength()) {
                    case 256 -> P256;
                    case 384 -> P384;
                    case 521 -> P521;
                    default -> throw new IllegalArgumentException("EC key on an unknown curve");
                };
            case "EdDSA", "Ed25519" -> ED25519;
            default -> throw new IllegalArgumentException("key of the unknown kind " + key.getAlgorithm());
        };
    }

    private static KeyKind pss(@Nullable AlgorithmParameterSpec restriction) {
        if (!(restriction instanceof PSSParameterSpec pss)) {
            return RSA_PSS;
        }
        var kind = switch (pss.getDigestAlgorithm()) {
            case "SHA-256" -> RSA_PSS_SHA256;
            case "SHA-384" -> RSA_PSS_SHA384;
            case "SHA-512" -> RSA_PSS_SHA512;
            default -> null;
        };
        // In TLS the salt is as long as the hash (RFC 8446 §4.2.3).
        if (kind == null || pss.getSaltLength() > JcaSignature.hashBytes(pss.getDigestAlgorithm())) {
            throw new IllegalArgumentException("RSA-PSS key for %s with a salt of %d bytes"
                    .formatted(pss.getDigestAlgorithm(), pss.getSaltLength()));
        }
        return kind;
    }

    private boolean isRsa() {
        return switch (this) {
            case RSA, RSA_PSS, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512 -> true;
            case P256, P384, P521, ED25519 -> false;
        };
    }

    /// The cipher suites, in our order: with forward secrecy and AEAD only.
    List<String> suites() {
        var suites = new ArrayList<>(
                List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"));
        String authentication = isRsa() ? "RSA" : "ECDSA";
        for (String cipher : List.of("AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256")) {
            suites.add("TLS_ECDHE_" + authentication + "_WITH_" + cipher);
        }
        return suites;
    }

    /// Those of the schemes that TLS 1.3 has for it: no PKCS#1, and with ECDSA one hash for each curve (RFC 8446
    /// §4.2.3).
    List<String> schemes13() {
        return this == P256 || this == P384 || this == P521
                ? List.of(schemes.getFirst())
                : schemes.stream()
                        .filter(scheme -> !scheme.startsWith("rsa_pkcs1"))
                        .toList();
    }

    /// The groups, in our order.
    List<Group> groups() {
        var groups = new ArrayList<>(List.of(Group.values()));
        if (this != P521) {
            // An engine uses a P-521 certificate only with this group enabled; nobody else needs it.
            groups.remove(Group.SECP521R1);
        }
        return List.copyOf(groups);
    }
}
