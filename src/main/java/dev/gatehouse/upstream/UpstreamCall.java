package dev.gatehouse.upstream;

import dev.gatehouse.config.TimeoutsConfig;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/// One attempt to get an answer from one upstream. Confined to its loop.
public final class UpstreamCall {
    private final String method;
    private final String target;
    private final HttpFields fields;
    private final Content.Source body;
    private final long contentLength;
    private final boolean holdBody;
    private final boolean upgrade;
    private final TimeoutsConfig timeouts;
    private final ClientConnection client;
    private final UpstreamListener listener;
    private Phase phase = Phase.RESOLVE;
    private Protocol received = Protocol.HTTP_1_1;
    private boolean over;
    private boolean bodyRead;
    private Duration silence;
    private @Nullable Runnable cancellation;
    private @Nullable AtomicInteger counted;

    /// @param target request target in origin form
    /// @param fields complete but for the framing of the body
    /// @param contentLength -1 when the length is not known and chunks must be sent
    /// @param holdBody whether the body waits for a 100
    /// @param upgrade whether `fields` ask for an upgrade
    /// @param client whose request it is
    public UpstreamCall(
            String method,
            String target,
            HttpFields fields,
            Content.Source body,
            long contentLength,
            boolean holdBody,
            boolean upgrade,
            TimeoutsConfig timeouts,
            ClientConnection client,
            UpstreamListener listener) {
        this.method = Objects.requireNonNull(method);
        this.target = Objects.requireNonNull(target);
        this.fields = Objects.requireNonNull(fields);
        this.body = Objects.requireNonNull(body);
        this.contentLength = contentLength;
        this.holdBody = holdBody;
        this.upgrade = upgrade;
        this.timeouts = Objects.requireNonNull(timeouts);
        this.client = Objects.requireNonNull(client);
        this.listener = Objects.requireNonNull(listener);
        this.silence = timeouts.upstreamIdle();
    }

    public String method() {
        return method;
    }

    public String target() {
        return target;
    }

    public HttpFields fields() {
        return fields;
    }

    public Content.Source body() {
        return body;
    }

    public long contentLength() {
        return contentLength;
    }

    public boolean holdBody() {
        return holdBody;
    }

    public boolean upgrade() {
        return upgrade;
    }

    public TimeoutsConfig timeouts() {
        return timeouts;
    }

    /// How long the upstream may be silent within the response. Zero is no limit.
    public Duration silence() {
        return silence;
    }

    /// Sets [#silence()], which is `upstream_idle` at first. When the response's head is passed on.
    public void silence(Duration limit) {
        silence = limit;
    }

    /// Whether it may be sent twice: the method is idempotent (RFC 9110 §9.2.2) and there is no body, which could be
    /// read only once.
    public boolean repeatable() {
        return contentLength == 0 && isIdempotent();
    }

    /// Whether doing it twice is the same as doing it once (RFC 9110 §9.2.2).
    public boolean isIdempotent() {
        return isIdempotent(method);
    }

    static boolean isIdempotent(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
            // As their specifications say (RFC 4918, RFC 3253, RFC 5323).
            case "PROPFIND", "REPORT", "SEARCH" -> true;
            default -> false;
        };
    }

    /// How far it came.
    public Phase phase() {
        return phase;
    }

    /// The version of the response; from its head on, an interim one's too.
    public Protocol received() {
        return received;
    }

    /// Whether any of the request's body was taken from the client, so that it cannot be sent again.
    public boolean bodyRead() {
        return bodyRead;
    }

    /// Whether nothing more will be told to the listener.
    public boolean over() {
        return over;
    }

    /// Gives the call up: the listener hears nothing more, the connection is closed.
    public void cancel() {
        if (!over) {
            end();
            var action = cancellation;
            cancellation = null;
            if (action != null) {
                action.run();
            }
        }
    }

    ClientConnection client() {
        return client;
    }

    UpstreamListener listener() {
        return listener;
    }

    void phase(Phase reached) {
        phase = reached;
    }

    void received(Protocol version) {
        received = version;
    }

    void bodyTaken() {
        bodyRead = true;
    }

    void onCancel(Runnable action) {
        cancellation = action;
    }

    /// Counts it among those under way at an upstream until it is over.
    void countIn(AtomicInteger underWay) {
        underWay.incrementAndGet();
        counted = underWay;
    }

    private void end() {
        over = true;
        var its = counted;
        counted = null;
        if (its != null) {
            its.decrementAndGet();
        }
    }

    /// The answer is complete, or the connection is handed over.
    void finish() {
        end();
        cancellation = null;
        phase = Phase.DONE;
    }

    void fail(Failure failure, String detail) {
        if (!over) {
            end();
            cancellation = null;
            listener.failed(failure, detail);
        }
    }
}
