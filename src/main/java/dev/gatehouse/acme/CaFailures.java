package dev.gatehouse.acme;

import dev.gatehouse.acme.OrderFailure.Kind;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeLazyLoadingException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.exception.AcmeUserActionRequiredException;

/// What the failures of acme4j mean for us.
final class CaFailures {
    private static final String ERROR = "urn:ietf:params:acme:error:";

    private CaFailures() {}

    /// Whether the CA does not know our account, though it did once.
    static boolean isUnknownAccount(Exception failure) {
        return cause(failure) instanceof AcmeServerException refused
                && type(refused).equals("accountDoesNotExist");
    }

    static OrderFailure of(Exception failure) {
        var cause = cause(failure);
        Duration wait = null;
        if (cause instanceof CaConnection.Wait asked) {
            wait = asked.duration();
            cause = asked.getCause() instanceof Exception inner ? inner : cause;
        }
        if (cause instanceof AcmeServerException refused) {
            return refused(refused, wait);
        }
        if (cause.getCause() instanceof CaUnreachable network) {
            return new OrderFailure(
                    Kind.UNAVAILABLE, "the CA cannot be reached: " + network.getMessage(), network.hint(), wait, cause);
        }
        boolean limited = String.valueOf(cause.getMessage()).equals("HTTP 429");
        return new OrderFailure(
                limited ? Kind.RATE_LIMITED : Kind.UNAVAILABLE,
                "the CA does not answer as it should: " + words(cause),
                limited ? null : "is dir_url right, and the CA reachable from here?",
                wait,
                cause);
    }

    private static OrderFailure refused(AcmeServerException refused, @Nullable Duration wait) {
        var kind = switch (type(refused)) {
            case "rateLimited" -> Kind.RATE_LIMITED;
            case "serverInternal", "badNonce", "orderNotReady" -> Kind.UNAVAILABLE;
            case "unauthorized",
                    "accountDoesNotExist",
                    "externalAccountRequired",
                    "userActionRequired",
                    "unsupportedContact",
                    "invalidContact" -> Kind.ACCOUNT;
            default -> Kind.REFUSED;
        };
        var hint = switch (kind) {
            case ACCOUNT ->
                refused instanceof AcmeUserActionRequiredException terms
                        ? "the terms of service changed: "
                                + terms.getTermsOfServiceUri()
                                        .map(URI::toString)
                                        .orElse("see the CA's site")
                        : "if the account was deactivated, remove account.pem from the registry for a new one";
            case RATE_LIMITED -> "the CA counts what is ordered; staging = true does not count";
            default -> null;
        };
        return new OrderFailure(
                kind, "the CA says " + type(refused) + ": " + refused.getMessage(), hint, wait, refused);
    }

    private static String type(AcmeServerException refused) {
        var type = refused.getType().toString();
        return type.startsWith(ERROR) ? type.substring(ERROR.length()) : type;
    }

    private static Exception cause(Exception failure) {
        return failure instanceof AcmeLazyLoadingException lazy && lazy.getCause() instanceof AcmeException inner
                ? inner
                : failure;
    }

    private static String words(Exception failure) {
        var deepest = failure.getCause();
        var message = String.valueOf(failure.getMessage());
        return deepest == null || deepest.getMessage() == null
                ? message
                : message + " (" + deepest.getClass().getSimpleName() + ": " + deepest.getMessage() + ")";
    }
}
