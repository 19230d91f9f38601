package dev.gatehouse.app;

import dev.gatehouse.config.AcmeKeyType;
import dev.gatehouse.config.AppTlsConfig;
import dev.gatehouse.config.Problem.Severity;
import dev.gatehouse.config.ShellWord;
import dev.gatehouse.config.TlsPolicy;
import dev.gatehouse.tls.CertificateWarnings;
import dev.gatehouse.tls.ClientTrust;
import dev.gatehouse.tls.CredentialFiles;
import dev.gatehouse.tls.PemException;
import dev.gatehouse.tls.PemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Opens the PEM files of one table of the configuration.
final class CertificateCheck {
    private static final String CERTIFICATE = "tls_cert_path";
    private static final String KEY = "tls_cert_key_path";

    /// Takes what is found.
    interface Findings {
        void add(Severity severity, String code, String key, String message, @Nullable String hint);
    }

    private final CredentialFiles files;
    private final Findings findings;
    private final String prefix;
    private final Instant now;

    /// @param prefix of the keys, with its dot: `apps.shop.tls.`
    CertificateCheck(CredentialFiles files, Findings findings, String prefix, Instant now) {
        this.files = files;
        this.findings = findings;
        this.prefix = prefix;
        this.now = now;
    }

    /// Certificate, key and client CAs of an app.
    void check(AppTlsConfig tls, List<String> serverNames) {
        var certPath = tls.certPath();
        var keyPath = tls.keyPath();
        if (certPath != null && keyPath != null) {
            permissions(keyPath);
            pair(certPath, keyPath, serverNames, tls.policy());
        } else if (certPath != null) {
            certificatesAlone(certPath);
        } else if (keyPath != null) {
            permissions(keyPath);
            keyAlone(keyPath);
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
        try {
            for (var authority : PemFiles.certificates(file)) {
                if (authority.getNotAfter().toInstant().isBefore(now)) {
                    warning(
                            "cert.expired",
                            key,
                            "a CA in '" + file + "' expired "
                                    + authority.getNotAfter().toInstant() + " (" + authority.getSubjectX500Principal()
                                    + ")",
                            null);
                }
                if (!ClientTrust.isAuthority(authority)) {
                    warning(
                            "cert.not_ca",
                            key,
                            "a certificate in '" + file + "' is no CA and vouches for itself only ("
                                    + authority.getSubjectX500Principal() + ")",
                            "right where it is pinned; otherwise name the CA that signed it");
                }
            }
        } catch (PemException unusable) {
            refused(key, unusable);
        }
    }

    private void revocationLists(Path file) {
        var key = "client_crl_path";
        try {
            for (var list : PemFiles.revocationLists(file)) {
                var next = list.getNextUpdate();
                if (next != null && next.toInstant().isBefore(now)) {
                    warning(
                            "cert.expired",
                            key,
                            "a revocation list in '" + file + "' is out of date since " + next.toInstant() + " ("
                                    + list.getIssuerX500Principal() + ")",
                            "clients of that authority are refused until there is a newer one");
                }
            }
        } catch (PemException unusable) {
            refused(key, unusable);
        }
    }

    private void pair(Path certPath, Path keyPath, List<String> serverNames, TlsPolicy policy) {
        try {
            var credentials = files.load(certPath, keyPath);
            for (var problem : CertificateWarnings.of(credentials, certPath, serverNames, now)) {
                warning(problem.code(), CERTIFICATE, problem.message(), problem.hint());
            }
            if (credentials.leaf().getPublicKey() instanceof ECPublicKey key) {
                group(key.getParams().getOrder().bitLength(), policy);
            }
        } catch (PemException unusable) {
            if (unusable.file().equals(certPath)) {
                refused(CERTIFICATE, unusable);
                if (!keyPath.equals(certPath)) {
                    keyAlone(keyPath);
                }
            } else {
                refused(KEY, unusable);
            }
        }
    }

    /// All that is wrong is told at once.
    private void keyAlone(Path keyPath) {
        try {
            PemFiles.privateKey(keyPath);
        } catch (PemException unusable) {
            refused(KEY, unusable);
        }
    }

    /// Where the key's path is wrong.
    private void certificatesAlone(Path certPath) {
        try {
            PemFiles.certificates(certPath);
        } catch (PemException unusable) {
            refused(CERTIFICATE, unusable);
        }
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
        warning("file.permissions", KEY, what + " the private key '" + file + "'", "chmod 600 " + ShellWord.of(file));
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

    private void refused(String key, PemException unusable) {
        var problem = unusable.problem();
        error(problem.code(), key, problem.message(), problem.hint());
    }

    private void error(String code, String key, String message, @Nullable String hint) {
        findings.add(Severity.ERROR, code, prefix + key, message, hint);
    }

    private void warning(String code, String key, String message, @Nullable String hint) {
        findings.add(Severity.WARNING, code, prefix + key, message, hint);
    }
}
