package dev.gatehouse.tls;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.bouncycastle.jcajce.util.JcaJceHelper;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.TlsStreamVerifier;
import org.jspecify.annotations.Nullable;

/// One signature, made or checked by a JCA provider.
///
/// BouncyCastle asks for RSA-PSS as `SHA256WITHRSAANDMGF1` and the like; everybody else has one `RSASSA-PSS` with
/// parameters, and with BouncyCastle's own classes RSA certificates would not work in TLS 1.3.
final class JcaSignature extends OutputStream implements TlsStreamSigner, TlsStreamVerifier, Tls13Verifier {
    static final String PSS = "RSASSA-PSS";

    private final Signature signature;
    private final byte[] toVerify;

    private JcaSignature(Signature signature, byte[] toVerify) {
        this.signature = signature;
        this.toVerify = toVerify;
    }

    /// @param spec RSA-PSS parameters; null for every other algorithm
    /// @param random null where the signature needs none
    static JcaSignature signer(
            JcaJceHelper helper,
            String algorithm,
            @Nullable AlgorithmParameterSpec spec,
            PrivateKey key,
            @Nullable SecureRandom random)
            throws IOException {
        try {
            var signature = create(helper, algorithm, spec, key);
            if (helper instanceof NativeHelper code && !isForPss(key)) {
                signature.initSign(code.nativeForm(key)); // with its own randomness
            } else if (random == null) {
                signature.initSign(key);
            } else {
                signature.initSign(key, random);
            }
            return new JcaSignature(signature, new byte[0]);
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert((short) Alerts.INTERNAL_ERROR, e);
        }
    }

    /// @param toVerify the signature where it is known already
    static JcaSignature verifier(
            JcaJceHelper helper,
            String algorithm,
            @Nullable AlgorithmParameterSpec spec,
            byte[] toVerify,
            PublicKey key)
            throws IOException {
        try {
            var signature = create(helper, algorithm, spec, key);
            signature.initVerify(key);
            return new JcaSignature(signature, toVerify);
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert((short) Alerts.INTERNAL_ERROR, e);
        }
    }

    /// BoringSSL knows no keys that are for RSA-PSS only.
    private static boolean isForPss(Key key) {
        return key.getAlgorithm().equals(PSS);
    }

    private static Signature create(
            JcaJceHelper helper, String algorithm, @Nullable AlgorithmParameterSpec spec, Key key)
            throws GeneralSecurityException {
        if (!(spec instanceof PSSParameterSpec pss)) {
            return helper.createSignature(algorithm);
        }
        if (helper instanceof NativeHelper code && !isForPss(key)) {
            return code.createPss(pss);
        }
        var signature = helper.createSignature(PSS);
        signature.setParameter(spec);
        return signature;
    }

    /// The parameters of RSA-PSS in TLS (RFC 8446 §4.2.3): MGF1 with the same hash, salt as long as the hash.
    static PSSParameterSpec pss(int hashBytes) {
        String digest = "SHA-" + hashBytes * Byte.SIZE;
        return new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), hashBytes, 1);
    }

    /// Of `SHA-256` and the like.
    static int hashBytes(String digest) {
        return Integer.parseInt(digest.substring("SHA-".length())) / Byte.SIZE;
    }

    @Override
    public OutputStream getOutputStream() {
        return this;
    }

    @Override
    public byte[] getSignature() throws IOException {
        try {
            return signature.sign();
        } catch (SignatureException e) {
            throw new TlsFatalAlert((short) Alerts.INTERNAL_ERROR, e);
        }
    }

    @Override
    public boolean isVerified() throws IOException {
        return verifySignature(toVerify);
    }

    @Override
    public boolean verifySignature(byte[] bytes) throws IOException {
        try {
            return signature.verify(bytes);
        } catch (SignatureException _) {
            return false; // not even of the right form
        }
    }

    @Override
    public void write(int b) throws IOException {
        try {
            signature.update((byte) b);
        } catch (SignatureException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            signature.update(bytes, offset, length);
        } catch (SignatureException e) {
            throw new IOException(e);
        }
    }
}
