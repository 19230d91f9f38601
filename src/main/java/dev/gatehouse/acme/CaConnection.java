package dev.gatehouse.acme;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URL;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.DefaultConnection;
import org.shredzone.acme4j.connector.HttpConnector;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.toolbox.JSONBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One request to the CA, as acme4j makes them, with limits on time and size, more patience with nonces, and an eye on
/// Date and Retry-After of every answer. Used by one thread.
final class CaConnection extends DefaultConnection {
    private static final Logger LOG = LoggerFactory.getLogger(CaConnection.class);
    private static final String BAD_NONCE = "urn:ietf:params:acme:error:badNonce";

    /// acme4j makes ten attempts in each.
    private static final int NONCE_ROUNDS = 12;

    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final Ca ca;

    CaConnection(HttpConnector connector, Ca ca) {
        super(connector);
        this.ca = ca;
    }

    /// The CA asked to be left alone for a time.
    static final class Wait extends AcmeException {
        private static final long serialVersionUID = 1;

        private final Duration duration;

        Wait(AcmeException cause, Duration duration) {
            super(cause.getMessage(), cause);
            this.duration = duration;
        }

        Duration duration() {
            return duration;
        }
    }

    @Override
    protected void sendRequest(Session session, URL url, Consumer<HttpRequest.Builder> body) throws IOException {
        var request = httpConnector.createRequestBuilder(url).header("Accept-Language", "en");
        body.accept(request);
        var answering = httpClient.sendAsync(request.build(), _ -> bounded());
        try {
            lastResponse = answering.get(ca.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            answering.cancel(true);
            throw unreachable(
                    url,
                    new HttpTimeoutException("no answer within " + ca.timeout().toSeconds() + " s"));
        } catch (InterruptedException _) {
            answering.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException failed) {
            throw unreachable(url, failed.getCause() instanceof IOException cause ? cause : new IOException(failed));
        }
        var date = date();
        if (date != null) {
            ca.serverDate(date);
        }
    }

    private static IOException unreachable(URL url, IOException failure) {
        var words = CaUnreachable.of(url, failure);
        return words == null ? failure : words;
    }

    private static BodySubscriber<InputStream> bounded() {
        return BodySubscribers.mapping(
                BodySubscribers.limiting(BodySubscribers.ofByteArray(), MAX_ANSWER_BYTES), ByteArrayInputStream::new);
    }

    @Override
    public int sendRequest(URL url, Session session, @Nullable ZonedDateTime ifModifiedSince) throws AcmeException {
        try {
            return super.sendRequest(url, session, ifModifiedSince);
        } catch (AcmeException failed) {
            throw waiting(failed);
        }
    }

    @Override
    protected int sendSignedRequest(
            URL url,
            @Nullable JSONBuilder claims,
            Session session,
            KeyPair keypair,
            @Nullable URL accountLocation,
            String accept)
            throws AcmeException {
        for (int round = 1; ; round++) {
            try {
                return super.sendSignedRequest(url, claims, session, keypair, accountLocation, accept);
            } catch (AcmeServerException refused) {
                if (!refused.getType().toString().equals(BAD_NONCE) || round == NONCE_ROUNDS) {
                    throw waiting(refused);
                }
                LOG.info("request to the CA repeated reason=acme.retry cause=badNonce attempts={}", round * 10);
                lastResponse = null;
            } catch (AcmeException failed) {
                throw waiting(failed);
            }
        }
    }

    private AcmeException waiting(AcmeException failed) {
        var answer = lastResponse;
        if (answer == null || (answer.statusCode() != TOO_MANY_REQUESTS && answer.statusCode() != UNAVAILABLE)) {
            return failed;
        }
        var wait = retryAfter();
        return wait == null ? failed : new Wait(failed, wait);
    }

    /// Counted from now: the CA's clock may be another than ours (RFC 9110 §10.2.3).
    @Nullable
    Duration retryAfter() {
        var answer = lastResponse;
        var field = answer == null
                ? null
                : answer.headers().firstValue("Retry-After").map(String::strip).orElse(null);
        if (field == null) {
            return null;
        }
        if (field.chars().allMatch(c -> c >= '0' && c <= '9') && field.length() < 10) {
            return Duration.ofSeconds(Long.parseLong(field));
        }
        var until = parsed(field);
        if (until == null) {
            return null;
        }
        var from = date();
        var wait = Duration.between(from == null ? ca.now() : from, until);
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    private @Nullable Instant date() {
        var answer = lastResponse;
        return answer == null
                ? null
                : parsed(answer.headers().firstValue("Date").orElse(""));
    }

    private static @Nullable Instant parsed(String text) {
        try {
            return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeParseException _) {
            return null;
        }
    }
}
