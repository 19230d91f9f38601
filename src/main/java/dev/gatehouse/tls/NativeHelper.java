package dev.gatehouse.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.conscrypt.Conscrypt;

/// Primitives of BoringSSL, through Conscrypt as a JCA provider; what it does not have is the JDK's. Any thread.
///
/// Signatures and key exchange on curves take a tenth to a half of Java's time. In ciphers, HMAC and hashes Java
/// is not slower: see `docs/decisions.md`.
final class NativeHelper extends DefaultJcaJceHelper {
    private final Provider provider;
    private final boolean everything;
    /// Private keys in native form, by what the site has.
    private final Map<PrivateKey, PrivateKey> keys = Collections.synchronizedMap(new WeakHashMap<>());

    private NativeHelper(Provider provider, boolean everything) {
        this.provider = provider;
        this.everything = everything;
    }

    /// @param everything whether bulk ciphers, HMAC and hashes are native too
    /// @throws NativeUnavailable where the library does not load
    static NativeHelper load(boolean everything) throws NativeUnavailable {
        return load(everything, Conscrypt::newProvider);
    }

    static NativeHelper load(boolean everything, Supplier<Provider> library) throws NativeUnavailable {
        try {
            var provider = library.get();
            Signature.getInstance("NONEwithECDSA", provider);
            return new NativeHelper(provider, everything);
        } catch (LinkageError | RuntimeException | NoSuchAlgorithmException failed) {
            // Another processor or C library, or a temporary directory that must not hold programs.
            throw new NativeUnavailable(failed);
        }
    }

    Provider provider() {
        return provider;
    }

    /// The key in the form that costs nothing to use.
    PrivateKey nativeForm(PrivateKey key) {
        var known = keys.get(key);
        if (known == null) {
            known = convert(key);
            keys.put(key, known);
        }
        return known;
    }

    private PrivateKey convert(PrivateKey key) {
        try {
            return KeyFactory.getInstance(key.getAlgorithm(), provider)
                    .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
        } catch (GeneralSecurityException _) {
            return key; // used as it is
        }
    }

    /// RSA-PSS has its hash in its name here.
    Signature createPss(PSSParameterSpec parameters) throws GeneralSecurityException {
        var signature =
                Signature.getInstance(parameters.getDigestAlgorithm().replace("-", "") + "withRSA/PSS", provider);
        signature.setParameter(parameters);
        return signature;
    }

    @Override
    public Signature createSignature(String algorithm) throws NoSuchAlgorithmException {
        var upper = algorithm.toUpperCase(Locale.ROOT);
        return upper.endsWith("WITHECDSA") || upper.endsWith("WITHRSA")
                ? Signature.getInstance(algorithm, provider)
                : super.createSignature(algorithm);
    }

    @Override
    public KeyPairGenerator createKeyPairGenerator(String algorithm) throws NoSuchAlgorithmException {
        return algorithm.equals("EC")
                ? KeyPairGenerator.getInstance(algorithm, provider)
                : super.createKeyPairGenerator(algorithm);
    }

    @Override
    public KeyFactory createKeyFactory(String algorithm) throws NoSuchAlgorithmException {
        return algorithm.equals("EC") ? KeyFactory.getInstance(algorithm, provider) : super.createKeyFactory(algorithm);
    }

    @Override
    public KeyAgreement createKeyAgreement(String algorithm) throws NoSuchAlgorithmException {
        return algorithm.equals("ECDH")
                ? KeyAgreement.getInstance(algorithm, provider)
                : super.createKeyAgreement(algorithm);
    }

    @Override
    public Cipher createCipher(String algorithm) throws NoSuchAlgorithmException, NoSuchPaddingException {
        if (everything) {
            switch (algorithm) {
                case "AES/GCM/NoPadding" -> {
                    return Cipher.getInstance(algorithm, provider);
                }
                case "ChaCha20-Poly1305" -> {
                    return Cipher.getInstance("ChaCha20/Poly1305/NoPadding", provider);
                }
                default -> {} // Java's
            }
        }
        return super.createCipher(algorithm);
    }

    @Override
    public Mac createMac(String algorithm) throws NoSuchAlgorithmException {
        return everything && algorithm.toUpperCase(Locale.ROOT).startsWith("HMACSHA")
                ? Mac.getInstance(algorithm, provider)
                : super.createMac(algorithm);
    }

    @Override
    public MessageDigest createMessageDigest(String algorithm) throws NoSuchAlgorithmException {
        return everything && algorithm.startsWith("SHA-")
                ? MessageDigest.getInstance(algorithm, provider)
                : super.createMessageDigest(algorithm);
    }

    /// What is in use, for people.
    String inUse() {
        var its = "rsa=native ecdsa=native x25519=native ecdh=native ed25519=java ml_kem=java";
        return everything
                ? its + " aes_gcm=native chacha20=native hmac=native"
                : its + " aes_gcm=java chacha20=java hmac=java";
    }
}
