package dev.gatehouse.tls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A key exchange group, in the order in which we prefer them.
enum Group {
    X25519MLKEM768(4588, "X25519MLKEM768", true, 1184 + 32),
    SECP256R1MLKEM768(4587, "SecP256r1MLKEM768", true, 65 + 1184),
    X25519(29, "x25519", false, 32),
    SECP256R1(23, "secp256r1", false, 65),
    SECP384R1(24, "secp384r1", false, 97),
    /// Only where certificates may be on P-521: see [KeyKind#groups()], [EngineSetup].
    SECP521R1(25, "secp521r1", false, 133);

    private static final List<Group> ALL = List.of(values());

    /// Its number at IANA, as on the wire.
    final int number;

    /// Its name at IANA.
    final String ianaName;

    /// A hybrid with ML-KEM, which only TLS 1.3 can use.
    final boolean hybrid;

    /// Length of a client's key share.
    final int shareBytes;

    /// The one of that number; null for one that we do not have.
    static @Nullable Group of(int number) {
        for (var group : ALL) {
            if (group.number == number) {
                return group;
            }
        }
        return null;
    }

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

    Group(int number, String ianaName, boolean hybrid, int shareBytes) {
        this.number = number;
        this.ianaName = ianaName;
        this.hybrid = hybrid;
        this.shareBytes = shareBytes;
    }
}
