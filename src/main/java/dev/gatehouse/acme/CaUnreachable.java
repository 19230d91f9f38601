package dev.gatehouse.acme;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URL;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The network is in the way of a request to the CA; the message says in what way.
final class CaUnreachable extends IOException {
    private static final long serialVersionUID = 1;

    private final @Nullable String hint;

    private CaUnreachable(String message, @Nullable String hint, Throwable cause) {
        super(message, cause);
        this.hint = hint;
    }

    /// What would do; null when nothing sensible can be said.
    @Nullable
    String hint() {
        return hint;
    }

    /// @param failure as Java's client has it, often without a word
    /// @return null where it is nothing of the network
    static @Nullable CaUnreachable of(URL url, Throwable failure) {
        var host = url.getHost();
        var place = host + ":" + (url.getPort() < 0 ? url.getDefaultPort() : url.getPort());
        if (has(failure, UnresolvedAddressException.class) || has(failure, UnknownHostException.class)) {
            return new CaUnreachable(
                    "there is no address for the name " + host,
                    "is dir_url right, and does this machine resolve names?",
                    failure);
        }
        if (has(failure, HttpTimeoutException.class)) {
            return new CaUnreachable(
                    place + " does not answer in time (" + text(failure) + ")",
                    "is there a firewall between this machine and the CA?",
                    failure);
        }
        if (has(failure, ConnectException.class)) {
            return new CaUnreachable(
                    place + " refuses the connection", "is dir_url right, and the CA running?", failure);
        }
        return tls(host, place, failure);
    }

    private static @Nullable CaUnreachable tls(String host, String place, Throwable failure) {
        if (!has(failure, SSLException.class)) {
            return null;
        }
        var text = text(failure);
        if (has(failure, CertificateExpiredException.class) || has(failure, CertificateNotYetValidException.class)) {
            return new CaUnreachable(
                    "the certificate of " + place + " is not valid now (" + text + ")",
                    "is the clock of this machine right?",
                    failure);
        }
        if (has(failure, CertPathBuilderException.class) || text.contains("valid certification path")) {
            return new CaUnreachable(
                    "the certificate of " + place + " is signed by an authority that is not trusted here",
                    "if it is right, name that authority's file as ca_path of [acme]",
                    failure);
        }
        if (has(failure, CertificateException.class) && text.startsWith("No ")) {
            return new CaUnreachable(
                    "the certificate of " + place + " is not for the name " + host + " (" + text + ")",
                    "write a name that it has in dir_url",
                    failure);
        }
        return new CaUnreachable("TLS with " + place + " fails (" + text + ")", "does it speak TLS?", failure);
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    /// The innermost words.
    private static String text(Throwable failure) {
        var words = failure.getClass().getSimpleName();
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            var message = cause.getMessage();
            words = message == null ? words : message;
        }
        return words;
    }
}
