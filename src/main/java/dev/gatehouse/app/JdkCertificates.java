package dev.gatehouse.app;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// With what the JDK has: `keytool` makes certificates, and keys are understood in PKCS#8. A key in PKCS#1 or SEC1 is
/// only seen to be there.
final class JdkCertificates implements Certificates {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----([^-]*)-----END \\1-----");
    private static final char[] PASSWORD = "gatehouse".toCharArray();
    private static final int KEYTOOL_SECONDS = 30;

    @Override
    public @Nullable Refusal refusal(Path certificate, Path key) {
        try {
            var pem = KEY.matcher(Files.readString(key, StandardCharsets.ISO_8859_1));
            if (!pem.find()) {
                return new Refusal("tls.key", "'" + key + "' holds no private key", "PEM is wanted, not encrypted");
            }
            if (!pem.group(1).equals("PRIVATE KEY")) {
                return null;
            }
            var leaf = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate)))
                    .getPublicKey();
            var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(2)));
            if (!fits(KeyFactory.getInstance(leaf.getAlgorithm()), spec, leaf)) {
                return new Refusal(
                        "tls.key_mismatch",
                        "the key in '" + key + "' does not belong to the certificate in '" + certificate + "'",
                        null);
            }
            return null;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            return new Refusal("tls.key", "the key in '" + key + "' cannot be used (" + e.getMessage() + ")", null);
        }
    }

    private static boolean fits(KeyFactory factory, PKCS8EncodedKeySpec spec, PublicKey leaf)
            throws GeneralSecurityException {
        PrivateKey own;
        try {
            own = factory.generatePrivate(spec);
        } catch (GeneralSecurityException _) {
            return false; // a key of another kind
        }
        var signature = Signature.getInstance(
                switch (leaf) {
                    case RSAPublicKey _ -> "SHA256withRSA";
                    case ECPublicKey _ -> "SHA256withECDSA";
                    default -> leaf.getAlgorithm();
                });
        signature.initSign(own);
        var bytes = signature.sign();
        signature.initVerify(leaf);
        return signature.verify(bytes);
    }

    @Override
    public void writeSelfSigned(List<String> names, Path certificate, Path key) throws IOException {
        var store = certificate.resolveSibling(certificate.getFileName() + ".p12");
        try {
            keytool(names, store);
            var keys = KeyStore.getInstance(store.toFile(), PASSWORD);
            var alias = keys.aliases().nextElement();
            Files.writeString(
                    certificate,
                    pem("CERTIFICATE", keys.getCertificate(alias).getEncoded()),
                    StandardOpenOption.CREATE_NEW);
            var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (var channel = Files.newByteChannel(key, options, ownerOnly)) {
                var text = pem("PRIVATE KEY", keys.getKey(alias, PASSWORD).getEncoded());
                channel.write(StandardCharsets.US_ASCII.encode(text));
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificate could be made", e);
        } finally {
            Files.deleteIfExists(store);
        }
    }

    private static void keytool(List<String> names, Path store) throws IOException {
        var alternatives = new StringBuilder("SAN=dns:localhost");
        names.forEach(name -> alternatives.append(",dns:").append(name));
        alternatives.append(",ip:127.0.0.1,ip:::1");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(
                List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30", "-dname", "CN=localhost"));
        command.addAll(List.of("-ext", alternatives.toString(), "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", new String(PASSWORD)));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("keytool made no certificate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String pem(String label, byte[] der) {
        var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }
}
