package dev.gatehouse.tls;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;

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
            case "RSASSA-PSS" -> RSA_PSS;
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

    /// The cipher suites, in our order: with forward secrecy and AEAD only.
    List<String> suites() {
        var suites = new ArrayList<>(
                List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"));
        String authentication = this == RSA || this == RSA_PSS ? "RSA" : "ECDSA";
        for (String cipher : List.of("AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256")) {
            suites.add("TLS_ECDHE_" + authentication + "_WITH_" + cipher);
        }
        return suites;
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
