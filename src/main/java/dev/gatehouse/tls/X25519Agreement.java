package dev.gatehouse.tls;

import java.io.IOException;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.util.Arrays;

/// One key exchange on X25519 (RFC 7748 §5, RFC 8446 §7.4.2), alone or as a half of X25519MLKEM768. Used once.
final class X25519Agreement implements TlsAgreement {
    private final TlsCrypto crypto;
    private final byte[] secretKey = new byte[X25519.SCALAR_SIZE];
    private byte[] peer = new byte[0];

    X25519Agreement(TlsCrypto crypto) {
        this.crypto = crypto;
    }

    @Override
    public byte[] generateEphemeral() {
        X25519.generatePrivateKey(crypto.getSecureRandom(), secretKey);
        byte[] publicKey = new byte[X25519.POINT_SIZE];
        X25519.generatePublicKey(secretKey, 0, publicKey, 0);
        return publicKey;
    }

    @Override
    public void receivePeerValue(byte[] value) throws IOException {
        if (value == null || value.length != X25519.POINT_SIZE) {
            throw new TlsFatalAlert((short) Alerts.ILLEGAL_PARAMETER);
        }
        peer = Arrays.clone(value);
    }

    @Override
    public TlsSecret calculateSecret() throws IOException {
        byte[] shared = new byte[X25519.POINT_SIZE];
        try {
            // False for the all-zero result, which RFC 8446 §7.4.2 forbids.
            if (!X25519.calculateAgreement(secretKey, 0, peer, 0, shared, 0)) {
                throw new TlsFatalAlert((short) Alerts.ILLEGAL_PARAMETER);
            }
            return crypto.createSecret(shared);
        } finally {
            Arrays.clear(shared);
            Arrays.clear(secretKey);
        }
    }
}
