package dev.gatehouse.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import javax.crypto.KeyAgreement;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;

/// The same as [X25519Agreement] by native code. Used once.
final class NativeX25519 implements TlsAgreement {
    private static final int SIZE = 32;
    /// What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410 §4).
    private static final byte[] HEADER = HexFormat.of().parseHex("302a300506032b656e032100");

    private final TlsCrypto crypto;
    private final Provider provider;
    private @Nullable PrivateKey secretKey;
    private byte[] peer = new byte[0];

    NativeX25519(TlsCrypto crypto, Provider provider) {
        this.crypto = crypto;
        this.provider = provider;
    }

    @Override
    public byte[] generateEphemeral() throws IOException {
        try {
            var pair = KeyPairGenerator.getInstance("XDH", provider).generateKeyPair();
            secretKey = pair.getPrivate();
            byte[] encoded = pair.getPublic().getEncoded();
            return Arrays.copyOfRange(encoded, encoded.length - SIZE, encoded.length);
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert((short) Alerts.INTERNAL_ERROR, e);
        }
    }

    @Override
    public void receivePeerValue(byte[] value) throws IOException {
        if (value == null || value.length != SIZE) {
            throw new TlsFatalAlert((short) Alerts.ILLEGAL_PARAMETER);
        }
        peer = value.clone();
    }

    @Override
    public TlsSecret calculateSecret() throws IOException {
        byte[] encoded = Arrays.copyOf(HEADER, HEADER.length + SIZE);
        System.arraycopy(peer, 0, encoded, HEADER.length, SIZE);
        byte[] shared = new byte[0];
        try {
            var theirs = KeyFactory.getInstance("XDH", provider).generatePublic(new X509EncodedKeySpec(encoded));
            var agreement = KeyAgreement.getInstance("XDH", provider);
            agreement.init(Objects.requireNonNull(secretKey));
            agreement.doPhase(theirs, true);
            shared = agreement.generateSecret();
            return crypto.createSecret(shared);
        } catch (GeneralSecurityException | IllegalStateException e) {
            // Nothing but the all-zero result can fail here, which RFC 8446 §7.4.2 forbids.
            throw new TlsFatalAlert((short) Alerts.ILLEGAL_PARAMETER, e);
        } finally {
            Arrays.fill(shared, (byte) 0);
            secretKey = null;
        }
    }
}
