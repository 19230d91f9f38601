package dev.gatehouse.tls;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.security.PrivateKey;
import java.security.interfaces.EdECPrivateKey;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.tls.crypto.TlsStreamSigner;

/// An Ed25519 key under the name by which BouncyCastle knows its kind: the JDK calls it `EdDSA`.
///
/// It never leaves the process, nor is it ever written.
final class Ed25519Key implements PrivateKey {
    private final transient PrivateKey original;
    private final byte[] seed;
    private final byte[] publicKey;

    /// @param original the JDK's key
    Ed25519Key(PrivateKey original) {
        this.original = original;
        this.seed = ((EdECPrivateKey) original)
                .getBytes()
                .orElseThrow(() -> new IllegalArgumentException("an Ed25519 key that cannot be read"));
        this.publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];
        Ed25519.generatePublicKey(seed, 0, publicKey, 0);
    }

    /// The JDK's key.
    PrivateKey original() {
        return original;
    }

    /// Signs one message, all of which must be there before (RFC 8032 §5.1.6).
    TlsStreamSigner signer() {
        var message = new ByteArrayOutputStream(256);
        return new TlsStreamSigner() {
            @Override
            public OutputStream getOutputStream() {
                return message;
            }

            @Override
            public byte[] getSignature() {
                byte[] bytes = message.toByteArray();
                byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
                Ed25519.sign(seed, 0, publicKey, 0, bytes, 0, bytes.length, signature, 0);
                return signature;
            }
        };
    }

    @Override
    public String getAlgorithm() {
        return "Ed25519";
    }

    @Override
    public String getFormat() {
        return original.getFormat();
    }

    @Override
    public byte[] getEncoded() {
        return original.getEncoded();
    }
}
