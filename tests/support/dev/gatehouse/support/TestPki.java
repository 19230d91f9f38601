package dev.gatehouse.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// A certification authority for one test run, and leafs of every kind. Immutable, any thread.
public final class TestPki {
    static {
        // For runs without the build's flags: too late where somebody used TLS before.
        System.setProperty("com.sun.net.ssl.requireCloseNotify", "true");
    }

    /// Key types of leafs.
    public enum Kind {
        RSA,
        ECDSA,
        P384,
        P521,
        ED25519
    }

    /// A chain with its key.
    ///
    /// @param chain leaf first, without the root
    public record Identity(List<X509Certificate> chain, PrivateKey key) {
        /// The leaf.
        public X509Certificate leaf() {
            return chain.getFirst();
        }

        /// Writes `NAME.crt` and `NAME.key` (PKCS#8) into a directory.
        public PemFiles writeTo(Path directory, String name) {
            try {
                var certificates = new StringBuilder();
                for (var certificate : chain) {
                    certificates.append(pem("CERTIFICATE", certificate.getEncoded()));
                }
                var files = new PemFiles(directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
                Files.writeString(files.certificate(), certificates);
                Files.writeString(files.key(), pem("PRIVATE KEY", key.getEncoded()));
                Files.setPosixFilePermissions(
                        files.key(), java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
                return files;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /// Where an identity was written.
    public record PemFiles(Path certificate, Path key) {}

    private final String name;
    private final KeyPair caKeys;
    private final X509Certificate ca;
    /// The certificates between its own and a root, its own first; empty for a root.
    private final List<X509Certificate> above;

    private TestPki(String name, @Nullable TestPki parent) {
        this.name = name;
        caKeys = keys(Kind.ECDSA);
        if (parent != null) {
            ca = parent.sign(
                    new X500Principal("CN=" + name),
                    caKeys,
                    true,
                    List.of(),
                    Instant.now().minus(Duration.ofDays(1)),
                    Duration.ofDays(2));
            above = Stream.concat(Stream.of(ca), parent.above.stream()).toList();
            return;
        }
        above = List.of();
        ca = sign(
                new X500Principal("CN=" + name),
                caKeys,
                true,
                List.of(),
                Instant.now().minus(Duration.ofDays(1)),
                Duration.ofDays(2));
    }

    /// A new authority with new keys.
    public static TestPki create() {
        return new TestPki("Gatehouse Test CA", null);
    }

    /// A new authority of another name, trusted by nobody.
    public static TestPki stranger() {
        return new TestPki("Somebody Else's CA", null);
    }

    /// An authority that this one vouches for; what it issues has it in the chain.
    public TestPki intermediate(String itsName) {
        return new TestPki(itsName, this);
    }

    /// The authority's own certificate.
    public X509Certificate ca() {
        return ca;
    }

    /// Writes the authority's own certificate as PEM and returns where.
    public Path writeCaTo(Path directory) {
        try {
            var file = directory.resolve("ca-" + Integer.toHexString(name.hashCode()) + ".pem");
            Files.writeString(file, pem("CERTIFICATE", ca.getEncoded()));
            return file;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// An ECDSA leaf, valid now, for DNS names and IP addresses.
    public Identity leaf(String... names) {
        return leaf(Kind.ECDSA, names);
    }

    /// A leaf, valid now.
    public Identity leaf(Kind kind, String... names) {
        return leaf(kind, Instant.now().minus(Duration.ofHours(1)), Duration.ofHours(24), names);
    }

    /// A leaf that expired a minute ago.
    public Identity expired(String... names) {
        return leaf(
                Kind.ECDSA,
                Instant.now().minus(Duration.ofHours(1)),
                Duration.ofHours(1).minusMinutes(1),
                names);
    }

    /// A leaf of some other time.
    public Identity leaf(Kind kind, Instant from, Duration lifetime, String... names) {
        var pair = keys(kind);
        var certificate = sign(new X500Principal("CN=" + names[0]), pair, false, Arrays.asList(names), from, lifetime);
        return identity(certificate, pair);
    }

    private Identity identity(X509Certificate certificate, KeyPair pair) {
        return new Identity(
                Stream.concat(Stream.of(certificate), above.stream()).toList(), pair.getPrivate());
    }

    /// A leaf for a subject, valid now, with further extensions.
    public Identity special(String subject, List<String> names, Map<ASN1ObjectIdentifier, ASN1Encodable> extensions) {
        var pair = keys(Kind.ECDSA);
        var certificate = sign(
                new X500Principal(subject),
                pair,
                false,
                names,
                Instant.now().minus(Duration.ofHours(1)),
                Duration.ofHours(24),
                extensions);
        return identity(certificate, pair);
    }

    /// A leaf that is good for one purpose only.
    public Identity only(KeyPurposeId purpose, String... names) {
        return special(
                "CN=" + names[0], List.of(names), Map.of(Extension.extendedKeyUsage, new ExtendedKeyUsage(purpose)));
    }

    /// Writes its list of revoked certificates as PEM and returns where.
    public Path writeCrlTo(Path directory, X509Certificate... revoked) {
        return writeCrlTo(directory, Instant.now().plus(Duration.ofDays(1)), revoked);
    }

    /// The same, valid up to a moment.
    public Path writeCrlTo(Path directory, Instant until, X509Certificate... revoked) {
        try {
            var builder =
                    new JcaX509v2CRLBuilder(ca.getSubjectX500Principal(), Date.from(until.minus(Duration.ofDays(2))));
            builder.setNextUpdate(Date.from(until));
            for (var one : revoked) {
                builder.addCRLEntry(
                        one.getSerialNumber(), Date.from(until.minus(Duration.ofDays(2))), CRLReason.unspecified);
            }
            var list = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(caKeys.getPrivate()));
            var file = Files.createTempFile(directory, "revoked", ".pem");
            Files.writeString(file, pem("X509 CRL", list.getEncoded()));
            return file;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (OperatorCreationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// A client's or upstream client's context: trusts this authority only.
    public SSLContext trusting() {
        return context(null, ca);
    }

    /// A client's context that trusts somebody else's root only.
    public static SSLContext trusting(X509Certificate root) {
        return context(null, root);
    }

    /// Trusts this authority and presents an identity.
    public SSLContext trustingAs(Identity identity) {
        return context(identity, ca);
    }

    /// A server's context.
    public static SSLContext serving(Identity identity) {
        return context(identity, null);
    }

    private static SSLContext context(@Nullable Identity identity, @Nullable X509Certificate trusted) {
        try {
            KeyManager @Nullable [] keyManagers = null;
            if (identity != null) {
                var store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry(
                        "key", identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
                var factory = KeyManagerFactory.getInstance("SunX509");
                factory.init(store, new char[0]);
                keyManagers = factory.getKeyManagers();
            }
            var trust = TrustManagerFactory.getInstance("PKIX");
            var roots = KeyStore.getInstance("PKCS12");
            roots.load(null, null);
            if (trusted != null) {
                roots.setCertificateEntry("ca", trusted);
            }
            trust.init(roots);
            var context = SSLContext.getInstance("TLS");
            context.init(keyManagers, trusted == null ? null : trust.getTrustManagers(), new SecureRandom());
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private X509Certificate sign(
            X500Principal subject,
            KeyPair pair,
            boolean authority,
            List<String> names,
            Instant from,
            Duration lifetime) {
        return sign(subject, pair, authority, names, from, lifetime, Map.of());
    }

    private X509Certificate sign(
            X500Principal subject,
            KeyPair pair,
            boolean authority,
            List<String> names,
            Instant from,
            Duration lifetime,
            Map<ASN1ObjectIdentifier, ASN1Encodable> extra) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    new X500Principal("CN=" + name),
                    new BigInteger(64, new SecureRandom()),
                    Date.from(from),
                    Date.from(from.plus(lifetime)),
                    subject,
                    pair.getPublic());
            var extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(pair.getPublic()));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    extensions.createAuthorityKeyIdentifier(caKeys.getPublic()));
            for (var extension : extra.entrySet()) {
                builder.addExtension(extension.getKey(), false, extension.getValue());
            }
            if (!names.isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false, alternatives(names));
            }
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(caKeys.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (GeneralSecurityException | IOException | OperatorCreationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static GeneralNames alternatives(List<String> names) {
        return new GeneralNames(names.stream().map(TestPki::alternative).toArray(GeneralName[]::new));
    }

    private static GeneralName alternative(String name) {
        if (name.contains("://")) {
            return new GeneralName(GeneralName.uniformResourceIdentifier, name);
        }
        if (name.contains("@")) {
            return new GeneralName(GeneralName.rfc822Name, name);
        }
        return new GeneralName(name.matches("[0-9.]+|.*:.*") ? GeneralName.iPAddress : GeneralName.dNSName, name);
    }

    private static KeyPair keys(Kind kind) {
        try {
            return switch (kind) {
                case RSA -> {
                    var generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(2048);
                    yield generator.generateKeyPair();
                }
                case ECDSA -> keysOn("secp256r1");
                case P384 -> keysOn("secp384r1");
                case P521 -> keysOn("secp521r1");
                case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            };
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static KeyPair keysOn(String curve) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    /// A leaf for somebody else's key.
    public X509Certificate sign(PublicKey key, Instant from, Duration lifetime, List<String> names) {
        return sign(new X500Principal("CN=" + names.getFirst()), new KeyPair(key, null), false, names, from, lifetime);
    }

    /// A certificate as PEM.
    public static String pem(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + type + "-----\n";
    }
}
