package dev.gatehouse.tls;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import org.bouncycastle.jcajce.util.JcaJceHelper;
import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.TlsKemConfig;
import org.bouncycastle.tls.crypto.TlsKemDomain;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.TlsStreamVerifier;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipher;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;
import org.bouncycastle.tls.crypto.impl.jcajce.JceTlsMLKem;
import org.bouncycastle.tls.crypto.impl.jcajce.JceTlsMLKemDomain;
import org.jspecify.annotations.Nullable;

/// What BouncyCastle's TLS computes with.
///
/// Ciphers, hashes, HMAC, ML-KEM, RSA and the rarer curves are the JDK's, which run on the processor's AES and
/// carry-less multiplication: in bulk BouncyCastle's provider is some twenty times slower. X25519 and signatures with
/// P-256 and Ed25519 are BouncyCastle's, two to nineteen times faster than the JDK's.
///
/// The helper is the joint: [NativeHelper] makes the same engine run on native code.
final class Primitives extends JcaTlsCryptoProvider {
    private final JcaJceHelper helper;
    private final SecureRandom random;
    private final boolean ownCurves;

    private Primitives(JcaJceHelper helper, SecureRandom random, boolean ownCurves) {
        this.helper = helper;
        this.random = random;
        this.ownCurves = ownCurves;
    }

    /// The fastest that needs no native code.
    static Primitives javaOnly() {
        return new Primitives(new FastSignatures(), new SecureRandom(), true);
    }

    /// Native code wherever it has the primitive.
    ///
    /// @param everything also where Java is not slower
    /// @throws NativeUnavailable where there is none for this machine
    static Primitives nativeCode(boolean everything) throws NativeUnavailable {
        return new Primitives(NativeHelper.load(everything), new SecureRandom(), true);
    }

    /// What is in use, for people: pairs of primitive and `native` or `java`.
    String inUse() {
        return helper instanceof NativeHelper code ? code.inUse() : "all=java";
    }

    /// Who verifies signatures faster than Java; null for nobody. Known to Java by its name.
    @Nullable
    Provider verifier() {
        if (!(helper instanceof NativeHelper code)) {
            return null;
        }
        // The last, so that nothing changes for who does not ask for it by name, as path validation can only do.
        Security.addProvider(code.provider());
        return Security.getProvider(code.provider().getName());
    }

    /// Everything that this helper offers, and the JDK's randomness.
    static Primitives of(JcaJceHelper helper) {
        return new Primitives(helper, new SecureRandom(), false);
    }

    @Override
    public JcaJceHelper getHelper() {
        return helper;
    }

    @Override
    public JcaTlsCrypto create(SecureRandom ignored) {
        // The inherited method wants a SecureRandom named "DEFAULT", which only BouncyCastle's provider has.
        return create(random, random);
    }

    @Override
    public JcaTlsCrypto create(SecureRandom keyRandom, SecureRandom nonceRandom) {
        return new Crypto(helper, random, ownCurves);
    }

    /// Differs from the inherited one where others name things in another way, and where we are faster.
    private static final class Crypto extends JcaTlsCrypto {
        private final boolean ownCurves;

        private Crypto(JcaJceHelper helper, SecureRandom random, boolean ownCurves) {
            super(helper, helper, random, random);
            this.ownCurves = ownCurves;
        }

        @Override
        public TlsECDomain createECDomain(TlsECConfig config) {
            if (!ownCurves || config.getNamedGroup() != Group.X25519.number) {
                return super.createECDomain(config);
            }
            return getHelper() instanceof NativeHelper code
                    ? () -> new NativeX25519(this, code.provider())
                    : () -> new X25519Agreement(this);
        }

        @Override
        public TlsKemDomain createKemDomain(TlsKemConfig config) {
            return new JceTlsMLKemDomain(this, config) {
                @Override
                public TlsAgreement createKem() {
                    return new CheckedKem(this);
                }
            };
        }

        @Override
        public TlsCipher createCipher(TlsCryptoParameters parameters, int encryption, int mac) throws IOException {
            var kind = aead(encryption);
            if (kind == null) {
                return super.createCipher(parameters, encryption, mac);
            }
            try {
                return new TlsAEADCipher(
                        parameters,
                        new Aead(kind, getHelper(), true),
                        new Aead(kind, getHelper(), false),
                        kind.keyBytes(),
                        kind.tagBytes(),
                        kind.nonceMode(),
                        null);
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert((short) Alerts.INTERNAL_ERROR, e);
            }
        }

        private static Aead.@Nullable Kind aead(int encryption) {
            return switch (encryption) {
                case EncryptionAlgorithm.AES_128_GCM -> Aead.Kind.AES_128_GCM;
                case EncryptionAlgorithm.AES_256_GCM -> Aead.Kind.AES_256_GCM;
                case EncryptionAlgorithm.CHACHA20_POLY1305 -> Aead.Kind.CHACHA20_POLY1305;
                default -> null;
            };
        }

        @Override
        public AlgorithmParameters getSignatureSchemeAlgorithmParameters(int scheme) throws GeneralSecurityException {
            if (!SignatureScheme.isRSAPSS(scheme)) {
                return super.getSignatureSchemeAlgorithmParameters(scheme);
            }
            int hash = SignatureScheme.getCryptoHashAlgorithm(scheme);
            var parameters = getHelper().createAlgorithmParameters(JcaSignature.PSS);
            parameters.init(JcaSignature.pss(TlsCryptoUtils.getHashOutputSize(hash)));
            return parameters;
        }

        @Override
        protected TlsStreamSigner createStreamSigner(
                String algorithm, @Nullable AlgorithmParameterSpec spec, PrivateKey key, boolean withRandom)
                throws IOException {
            if (key instanceof Ed25519Key ed25519) {
                return ownCurves
                        ? ed25519.signer()
                        : JcaSignature.signer(getHelper(), algorithm, spec, ed25519.original(), null);
            }
            return JcaSignature.signer(getHelper(), algorithm, spec, key, withRandom ? getSecureRandom() : null);
        }

        @Override
        protected TlsStreamVerifier createStreamVerifier(
                String algorithm, @Nullable AlgorithmParameterSpec spec, byte[] signature, PublicKey key)
                throws IOException {
            return JcaSignature.verifier(getHelper(), algorithm, spec, signature, key);
        }

        @Override
        protected Tls13Verifier createTls13Verifier(
                String algorithm, @Nullable AlgorithmParameterSpec spec, PublicKey key) throws IOException {
            return JcaSignature.verifier(getHelper(), algorithm, spec, new byte[0], key);
        }

        @Override
        protected Boolean isSupportedEncryptionAlgorithm(int encryption) {
            return encryption == EncryptionAlgorithm.CHACHA20_POLY1305
                    ? (Boolean) Aead.Kind.CHACHA20_POLY1305.isAvailable(getHelper())
                    : super.isSupportedEncryptionAlgorithm(encryption);
        }
    }

    /// Says whose fault a key is that cannot be.
    private static final class CheckedKem extends JceTlsMLKem {
        private CheckedKem(JceTlsMLKemDomain domain) {
            super(domain);
        }

        /// For a client's key, which is checked here (FIPS 203 §7.2).
        @Override
        public byte[] generateEphemeral() throws IOException {
            try {
                return super.generateEphemeral();
            } catch (IllegalArgumentException | IllegalStateException invalid) {
                throw new TlsFatalAlert((short) Alerts.ILLEGAL_PARAMETER, "ML-KEM key share out of range", invalid);
            }
        }
    }
}
