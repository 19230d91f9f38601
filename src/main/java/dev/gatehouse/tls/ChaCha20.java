package dev.gatehouse.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jcajce.util.JcaJceHelper;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipherImpl;

/// ChaCha20-Poly1305 (RFC 8439) as one cipher, the way the JDK has it, for one direction of a connection.
///
/// BouncyCastle puts it together from a `ChaCha7539` and a `Poly1305` that the JDK does not offer by those names.
final class ChaCha20 implements TlsAEADCipherImpl {
    static final int KEY_BYTES = 32;
    static final int TAG_BYTES = 16;
    private static final String NAME = "ChaCha20-Poly1305";

    private final Cipher cipher;
    private final int mode;
    private SecretKeySpec key = new SecretKeySpec(new byte[KEY_BYTES], "ChaCha20");

    /// @param encrypt whether this side writes with it
    ChaCha20(JcaJceHelper helper, boolean encrypt) throws GeneralSecurityException {
        this.cipher = helper.createCipher(NAME);
        this.mode = encrypt ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
    }

    /// Whether the runtime has it.
    static boolean isAvailable(JcaJceHelper helper) {
        try {
            helper.createCipher(NAME);
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    @Override
    public void setKey(byte[] bytes, int offset, int length) {
        key = new SecretKeySpec(bytes, offset, length, "ChaCha20");
    }

    @Override
    public void init(byte[] nonce, int tagBytes) throws IOException {
        try {
            cipher.init(mode, key, new IvParameterSpec(nonce));
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert((short) Alerts.INTERNAL_ERROR, e);
        }
    }

    @Override
    public int getOutputSize(int inputLength) {
        return mode == Cipher.ENCRYPT_MODE ? inputLength + TAG_BYTES : inputLength - TAG_BYTES;
    }

    @Override
    public int doFinal(byte[] additional, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
        try {
            cipher.updateAAD(additional);
            return cipher.doFinal(in, inOffset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            // The caller turns this into bad_record_mac when it was reading.
            throw new IllegalStateException(e);
        }
    }
}
