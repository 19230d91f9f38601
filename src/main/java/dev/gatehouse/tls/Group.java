package dev.gatehouse.tls;

/// A key exchange group, in the order in which we prefer them.
enum Group {
    X25519MLKEM768(4588, "X25519MLKEM768", true),
    SECP256R1MLKEM768(4587, "SecP256r1MLKEM768", true),
    X25519(29, "x25519", false),
    SECP256R1(23, "secp256r1", false),
    SECP384R1(24, "secp384r1", false),
    /// Only for sites with a P-521 certificate: see [KeyKind#groups()].
    SECP521R1(25, "secp521r1", false);

    /// Its number at IANA, as on the wire.
    final int number;

    /// Its name at IANA.
    final String ianaName;

    /// A hybrid with ML-KEM, which only TLS 1.3 can use.
    final boolean hybrid;

    /// The one of that name.
    ///
    /// @throws IllegalArgumentException for a name that the configuration does not know either
    static Group of(String ianaName) {
        for (var group : values()) {
            if (group.ianaName.equals(ianaName)) {
                return group;
            }
        }
        throw new IllegalArgumentException(ianaName);
    }

    Group(int number, String ianaName, boolean hybrid) {
        this.number = number;
        this.ianaName = ianaName;
        this.hybrid = hybrid;
    }
}
