package dev.gatehouse.app;

import dev.gatehouse.config.AcmeKeyType;
import dev.gatehouse.config.AppTlsConfig;
import dev.gatehouse.config.Problem.Severity;
import dev.gatehouse.config.TlsPolicy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Opens the PEM files of one table of the configuration.
final class CertificateCheck {
    /// Takes what is found.
    interface Findings {
        void add(Severity severity, String code, String key, String message, @Nullable String hint);
    }

    private final Certificates certificates;
    private final Findings findings;
    private final String prefix;
    private final Instant now;

    /// @param prefix of the keys, with its dot: `apps.shop.tls.`
    CertificateCheck(Certificates certificates, Findings findings, String prefix, Instant now) {
        this.certificates = certificates;
        this.findings = findings;
        this.prefix = prefix;
        this.now = now;
    }

    /// Certificate, key and client CAs of an app.
    void check(AppTlsConfig tls, List<String> serverNames) {
        var certPath = tls.certPath();
        var keyPath = tls.keyPath();
        if (certPath != null && keyPath != null) {
            var chain = certificates("tls_cert_path", certPath);
            var keyReadable = key(keyPath);
            if (!chain.isEmpty()) {
                leaf(chain.getFirst(), certPath, serverNames);
                if (chain.getFirst().getPublicKey() instanceof ECPublicKey key) {
                    group(key.getParams().getOrder().bitLength(), tls.policy());
                }
                if (keyReadable) {
                    pair(certPath, keyPath);
                }
            }
        }
        var clients = tls.clientAuth();
        if (clients != null) {
            authorities("client_ca_cert_path", clients.caPath());
            if (clients.crlPath() != null) {
                revocationLists(clients.crlPath());
            }
        }
    }

    /// An app's automatic certificate, before there is one.
    void issued(AcmeKeyType key, TlsPolicy policy) {
        switch (key) {
            case P256 -> group(256, policy);
            case P384 -> group(384, policy);
            case RSA2048, RSA4096 -> {} // with any group
        }
    }

    /// A bundle of CAs.
    void authorities(String key, Path file) {
        for (var authority : certificates(key, file)) {
            if (authority.getNotAfter().toInstant().isBefore(now)) {
                warning(
                        "tls.expired",
                        key,
                        "a CA in '" + file + "' expired "
                                + authority.getNotAfter().toInstant() + " (" + authority.getSubjectX500Principal()
                                + ")",
                        null);
            }
        }
    }

    private void revocationLists(Path file) {
        var key = "client_crl_path";
        try {
            var lists = CertificateFactory.getInstance("X.509")
                    .generateCRLs(new ByteArrayInputStream(Files.readAllBytes(file)));
            if (lists.isEmpty()) {
                error("tls.crl", key, "'" + file + "' holds no revocation list", "PEM is wanted");
            }
            for (var list : lists) {
                var next = ((X509CRL) list).getNextUpdate();
                if (next != null && next.toInstant().isBefore(now)) {
                    warning(
                            "tls.expired",
                            key,
                            "a revocation list in '" + file + "' is out of date since " + next.toInstant() + " ("
                                    + ((X509CRL) list).getIssuerX500Principal() + ")",
                            "clients of that authority are refused until there is a newer one");
                }
            }
        } catch (IOException e) {
            unreadable(key, file, e);
        } catch (GeneralSecurityException e) {
            error("tls.crl", key, "'" + file + "' holds no revocation list that can be read", "PEM is wanted");
        }
    }

    /// Empty where an error was found.
    private List<X509Certificate> certificates(String key, Path file) {
        try {
            var certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (certificates.isEmpty()) {
                error("tls.certificate", key, "'" + file + "' holds no certificate", "PEM is wanted");
            }
            return certificates;
        } catch (IOException e) {
            unreadable(key, file, e);
        } catch (CertificateException e) {
            error("tls.certificate", key, "'" + file + "' holds no certificate that can be read", "PEM is wanted");
        }
        return List.of();
    }

    private boolean key(Path file) {
        try {
            var bytes = Files.readAllBytes(file);
            Arrays.fill(bytes, (byte) 0);
        } catch (IOException e) {
            unreadable("tls_cert_key_path", file, e);
            return false;
        }
        permissions(file);
        return true;
    }

    /// A group that may read is how services share keys; everything beyond that is worth a word.
    private void permissions(Path file) {
        try {
            var rights = Files.getPosixFilePermissions(file);
            if (rights.contains(PosixFilePermission.OTHERS_READ)) {
                tooOpen(file, "everybody may read");
            } else if (rights.contains(PosixFilePermission.OTHERS_WRITE)) {
                tooOpen(file, "everybody may write");
            } else if (rights.contains(PosixFilePermission.GROUP_WRITE)) {
                tooOpen(file, "its group may write");
            }
        } catch (IOException | UnsupportedOperationException _) {
            // not a file system with such permissions
        }
    }

    private void tooOpen(Path file, String what) {
        warning("file.permissions", "tls_cert_key_path", what + " the private key '" + file + "'", "chmod 600 " + file);
    }

    private void leaf(X509Certificate leaf, Path file, List<String> serverNames) {
        if (leaf.getNotAfter().toInstant().isBefore(now)) {
            warning(
                    "tls.expired",
                    "tls_cert_path",
                    "the certificate in '" + file + "' expired "
                            + leaf.getNotAfter().toInstant(),
                    "clients will refuse it; renew it");
        } else if (leaf.getNotBefore().toInstant().isAfter(now)) {
            warning(
                    "tls.expired",
                    "tls_cert_path",
                    "the certificate in '" + file + "' is valid only from "
                            + leaf.getNotBefore().toInstant(),
                    "clients will refuse it until then; is the clock right?");
        }
        var covered = new CertificateNames(leaf);
        for (var name : serverNames) {
            if (!covered.cover(name)) {
                warning(
                        "tls.name",
                        "tls_cert_path",
                        "the certificate in '" + file + "' does not cover server_name \"" + name + "\" but " + covered,
                        "clients will refuse it");
            }
        }
    }

    /// BouncyCastle uses an ECDSA key only where the group of its curve is enabled.
    private void group(int curveBits, TlsPolicy policy) {
        var group = "secp" + curveBits + "r1";
        if (!policy.groups().isEmpty() && !policy.groups().contains(group)) {
            error(
                    "tls.group",
                    "groups",
                    "the certificate's key is ECDSA on " + group + ", and can only be used with that group",
                    "add \"" + group + "\" at the end of groups");
        }
    }

    private void pair(Path certificate, Path key) {
        var refusal = certificates.refusal(certificate, key);
        if (refusal != null) {
            error(refusal.code(), "tls_cert_key_path", refusal.message(), refusal.hint());
        }
    }

    private void unreadable(String key, Path file, IOException failure) {
        error("file.unreadable", key, "file '" + file + "' cannot be read (" + why(file, failure) + ")", null);
    }

    private static String why(Path file, IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        return Files.isDirectory(file) ? "is a directory" : String.valueOf(failure.getMessage());
    }

    private void error(String code, String key, String message, @Nullable String hint) {
        findings.add(Severity.ERROR, code, prefix + key, message, hint);
    }

    private void warning(String code, String key, String message, @Nullable String hint) {
        findings.add(Severity.WARNING, code, prefix + key, message, hint);
    }
}
