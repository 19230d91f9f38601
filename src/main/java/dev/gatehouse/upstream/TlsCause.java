package dev.gatehouse.upstream;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/// Says in one line why a TLS handshake with an upstream failed, and what would help.
final class TlsCause {
    private TlsCause() {}

    static String of(Throwable failure) {
        var text = Causes.message(failure);
        if (has(failure, CertificateExpiredException.class)) {
            return "the upstream's certificate has expired (" + text + ")";
        }
        if (has(failure, CertificateNotYetValidException.class)) {
            return "the upstream's certificate is not valid yet (" + text + ")";
        }
        if (has(failure, CertPathBuilderException.class)) {
            return "the upstream's certificate is signed by an authority that is not trusted here;"
                    + " if it is right, name that authority's file as ca_path of the upstream";
        }
        if (has(failure, CertPathValidatorException.class)) {
            return "the upstream's certificate is not valid (" + text
                    + "); ca_path of the upstream names the authorities to trust";
        }
        if (isNameMismatch(failure)) {
            return "the upstream's certificate is for another name (" + text
                    + "); write a name that it has as location";
        }
        if (failure instanceof SSLException && text.toLowerCase(Locale.ROOT).contains("unrecognized ssl message")) {
            return "the upstream does not speak TLS (" + text + "); without tls = true it is spoken to in plaintext";
        }
        return text;
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNameMismatch(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            var text = cause.getMessage();
            if (cause instanceof CertificateException
                    && text != null
                    && (text.startsWith("No subject alternative") || text.startsWith("No name matching"))) {
                return true;
            }
        }
        return false;
    }
}
