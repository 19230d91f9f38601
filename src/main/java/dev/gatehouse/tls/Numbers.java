package dev.gatehouse.tls;

import java.util.Collection;
import java.util.Map;

/// The numbers that IANA gave to the cipher suites and signature schemes of [KeyKind].
final class Numbers {
    private static final Map<String, Integer> SUITES = Map.of(
            "TLS_AES_128_GCM_SHA256", 0x1301,
            "TLS_AES_256_GCM_SHA384", 0x1302,
            "TLS_CHACHA20_POLY1305_SHA256", 0x1303,
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xc02b,
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 0xc02c,
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca9,
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f,
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 0xc030,
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca8);
    private static final Map<String, Integer> SCHEMES = Map.ofEntries(
            Map.entry("rsa_pkcs1_sha256", 0x0401),
            Map.entry("rsa_pkcs1_sha384", 0x0501),
            Map.entry("rsa_pkcs1_sha512", 0x0601),
            Map.entry("ecdsa_secp256r1_sha256", 0x0403),
            Map.entry("ecdsa_secp384r1_sha384", 0x0503),
            Map.entry("ecdsa_secp521r1_sha512", 0x0603),
            Map.entry("rsa_pss_rsae_sha256", 0x0804),
            Map.entry("rsa_pss_rsae_sha384", 0x0805),
            Map.entry("rsa_pss_rsae_sha512", 0x0806),
            Map.entry("ed25519", 0x0807),
            Map.entry("rsa_pss_pss_sha256", 0x0809),
            Map.entry("rsa_pss_pss_sha384", 0x080a),
            Map.entry("rsa_pss_pss_sha512", 0x080b));

    private Numbers() {}

    /// @param tls13 whether those of TLS 1.3 are wanted, or those of TLS 1.2
    static int[] suites(Collection<String> names, boolean tls13) {
        return names.stream()
                .mapToInt(name -> known(SUITES, name))
                .filter(number -> (number >> 8 == 0x13) == tls13)
                .toArray();
    }

    static int[] schemes(Collection<String> names) {
        return names.stream().mapToInt(name -> known(SCHEMES, name)).toArray();
    }

    private static int known(Map<String, Integer> numbers, String name) {
        var number = numbers.get(name);
        if (number == null) {
            throw new IllegalArgumentException(name);
        }
        return number;
    }
}
