package dev.gatehouse.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPrivateKey;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.jspecify.annotations.Nullable;

/// ECDSA over a hash that is given, for keys on P-256; keys on other curves, and verifying, are left to the JDK.
///
/// BouncyCastle multiplies the base point with a table, in one third of the JDK's time. The table is read as a whole
/// for each step, so that the cache tells nothing.
final class P256Signature extends Signature {
    private static final int ORDER_BITS = 256;
    private static final ECDomainParameters P256 = domain();

    private final ByteArrayOutputStream hash = new ByteArrayOutputStream(64);
    private @Nullable ECDSASigner signer;
    private @Nullable Signature other;

    P256Signature() {
        super("NONEwithECDSA");
    }

    private static ECDomainParameters domain() {
        X9ECParameters curve = CustomNamedCurves.getByName("secp256r1");
        return new ECDomainParameters(curve);
    }

    @Override
    protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
        engineInitSign(key, new SecureRandom());
    }

    @Override
    protected void engineInitSign(PrivateKey key, SecureRandom random) throws InvalidKeyException {
        hash.reset();
        if (key instanceof ECPrivateKey ec && ec.getParams().getOrder().bitLength() == ORDER_BITS) {
            var made = new ECDSASigner();
            made.init(true, new ParametersWithRandom(new ECPrivateKeyParameters(ec.getS(), P256), random));
            signer = made;
        } else {
            jdk().initSign(key, random);
        }
    }

    @Override
    protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
        jdk().initVerify(key);
    }

    private Signature jdk() throws InvalidKeyException {
        try {
            var made = Signature.getInstance(getAlgorithm());
            signer = null;
            other = made;
            return made;
        } catch (GeneralSecurityException e) {
            throw new InvalidKeyException(e);
        }
    }

    @Override
    protected void engineUpdate(byte b) throws SignatureException {
        if (other != null) {
            other.update(b);
        } else {
            hash.write(b);
        }
    }

    @Override
    protected void engineUpdate(byte[] bytes, int offset, int length) throws SignatureException {
        if (other != null) {
            other.update(bytes, offset, length);
        } else {
            hash.write(bytes, offset, length);
        }
    }

    @Override
    protected byte[] engineSign() throws SignatureException {
        if (other != null) {
            return other.sign();
        }
        if (signer == null) {
            throw new SignatureException("not initialised");
        }
        var pair = signer.generateSignature(hash.toByteArray());
        hash.reset();
        try {
            return StandardDSAEncoding.INSTANCE.encode(P256.getN(), pair[0], pair[1]);
        } catch (IOException e) {
            throw new SignatureException(e);
        }
    }

    @Override
    protected boolean engineVerify(byte[] signature) throws SignatureException {
        return other != null && other.verify(signature);
    }

    @Deprecated
    @Override
    protected void engineSetParameter(String name, Object value) {
        throw new UnsupportedOperationException();
    }

    @Deprecated
    @Override
    protected Object engineGetParameter(String name) {
        throw new UnsupportedOperationException();
    }
}
