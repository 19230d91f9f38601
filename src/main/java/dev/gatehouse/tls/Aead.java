package dev.gatehouse.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jcajce.util.JcaJceHelper;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipher;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipherImpl;

/// An authenticated cipher as the JDK has it, for one direction of a connection.
///
/// BouncyCastle puts ChaCha20-Poly1305 together from parts that the JDK does not offer by those names, and asks all
/// providers for AES-GCM's parameters with each record.
final class Aead implements TlsAEADCipherImpl {
    private static final int TAG_BYTES = 16;

    /// Which one it is.
    enum Kind {
        AES_128_GCM("AES/GCM/NoPadding", "AES", 16, TlsAEADCipher.AEAD_GCM),
        AES_256_GCM("AES/GCM/NoPadding", "AES", 32, TlsAEADCipher.AEAD_GCM),
        /// RFC 8439. Its nonce is the record number xored with the whole of the IV (RFC 7905 §2).
        CHACHA20_POLY1305("ChaCha20-Poly1305", "ChaCha20", 32, TlsAEADCipher.AEAD_CHACHA20_POLY1305);

        private final String cipher;
        private final String key;
        private final int keyBytes;
        private final int nonceMode;

        Kind(String cipher, String key, int keyBytes, int nonceMode) {
            this.cipher = cipher;
            this.key = key;
            this.keyBytes = keyBytes;
            this.nonceMode = nonceMode;
        }

        private AlgorithmParameterSpec parameters(byte[] nonce) {
            return this == CHACHA20_POLY1305 ? new IvParameterSpec(nonce) : new GCMParameterSpec(TAG_BYTES * 8, nonce);
        }

        int keyBytes() {
            return keyBytes;
        }

        int tagBytes() {
            return TAG_BYTES;
        }

        /// How [TlsAEADCipher] makes nonces.
        int nonceMode() {
            return nonceMode;
        }

        /// Whether the runtime has it.
        boolean isAvailable(JcaJceHelper helper) {
            try {
                helper.createCipher(cipher);
                return true;
            } catch (GeneralSecurityException _) {
                return false;
            }
        }
    }

    private final Kind kind;
    private final Cipher cipher;
    private final int mode;
    private SecretKeySpec key;

    /// @param encrypt whether this side writes with it
    Aead(Kind kind, JcaJceHelper helper, boolean encrypt) throws GeneralSecurityException {
        this.kind = kind;
        this.cipher = helper.createCipher(kind.cipher);
        this.mode = encrypt ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
        this.key = new SecretKeySpec(new byte[kind.keyBytes], kind.key);
    }

    @Override
    public void setKey(byte[] bytes, int offset, int length) {
        key = new SecretKeySpec(bytes, offset, length, kind.key);
    }

    @Override
    public void init(byte[] nonce, int tagBytes) throws IOException {
        try {
            cipher.init(mode, key, kind.parameters(nonce));
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert((short) Alerts.INTERNAL_ERROR, e);
        }
    }

    @Override
    public int getOutputSize(int inputLength) {
        return mode == Cipher.ENCRYPT_MODE ? inputLength + TAG_BYTES : Math.max(0, inputLength - TAG_BYTES);
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
