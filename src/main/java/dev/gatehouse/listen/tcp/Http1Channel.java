package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.http.Failure;
import dev.gatehouse.loop.LoopEndPoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.ComplianceViolation;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/// Stands between Jetty's HTTP/1 connection and the road in the place of Jetty's own channel: one per connection, it
/// makes an exchange of each request. Confined to its loop, so it needs none of the locks that Jetty's has.
final class Http1Channel implements HttpChannel {
    private final Http1Connection connection;
    private final UpgradeRequest jettyRequest = new UpgradeRequest(this);
    private final Runnable handleCurrent = Invocable.from(InvocationType.NON_BLOCKING, this::handleCurrent);
    private @Nullable Front front;
    private @Nullable ClientConnection client;
    private @Nullable HttpStream stream;
    private @Nullable Http1Exchange current;
    private @Nullable Connection upgradeTo;
    /// Fields that Jetty must not see: it would refuse or obey them.
    private final List<HttpField> heldBack = new ArrayList<>(2);
    private boolean timedOut;
    private boolean authorityGiven;

    Http1Channel(Http1Connection connection) {
        this.connection = connection;
    }

    void init(Front newFront, ClientConnection newClient) {
        front = newFront;
        client = newClient;
    }

    Front front() {
        return Objects.requireNonNull(front);
    }

    RequestsUnderWay underWay() {
        return ((FrontConnector) connection.getConnector()).underWay();
    }

    ClientConnection client() {
        return Objects.requireNonNull(client);
    }

    EndPoint endPoint() {
        return connection.getEndPoint();
    }

    boolean busy() {
        return current != null;
    }

    boolean draining() {
        return connection.draining();
    }

    LoopEndPoint socket() {
        return connection.socket();
    }

    long bytesWritten() {
        return socket().bytesWritten();
    }

    boolean memoryIsShort() {
        return connection.memoryIsShort();
    }

    /// Whether the request line has an authority: its target is not in origin-form (RFC 9112 §3.2).
    void authorityGiven(boolean given) {
        authorityGiven = given;
    }

    /// Keeps a field from Jetty; the road sees it.
    void holdBack(HttpField field) {
        heldBack.add(field);
    }

    /// What takes the connection over when the current answer is sent.
    void upgradeTo(Connection next) {
        upgradeTo = next;
    }

    @Nullable
    Connection upgradeTo() {
        return upgradeTo;
    }

    /// After the current answer the client may go on sending for a moment, so that it can read the answer.
    void lingerAfter(Http1Exchange exchange) {
        if (exchange == current) {
            upgradeTo = new LingeringConnection(
                    endPoint(), connection.getConnector().getExecutor());
        }
    }

    /// Whether the client sent more than the request.
    boolean bytesBehind() {
        return connection.bytesBehind();
    }

    void reset(IOException cause) {
        LoopEndPoint socket = connection.socket();
        socket.reset(cause);
    }

    void finished(Http1Exchange exchange, HttpStream its) {
        if (upgradeTo != null && endPoint() instanceof AbstractEndPoint waiting) {
            waiting.getFillInterest().onFail(new IOException("answered"));
        }
        its.succeeded();
    }

    private void handleCurrent() {
        var exchange = current;
        if (exchange != null) {
            exchange.handledNow();
            HandlerNet.handOver(
                    exchange, front().handler(), exchange.expectsSomething() ? Failure.EXPECTATION_FAILED : null, "");
        }
    }

    // ---- Jetty's side

    @Override
    public ConnectionMetaData getConnectionMetaData() {
        return connection;
    }

    @Override
    public void setHttpStream(@Nullable HttpStream next) {
        stream = next;
        if (next == null) {
            current = null;
        }
    }

    @Override
    public Runnable onRequest(MetaData.Request request) {
        current = new Http1Exchange(
                this,
                Objects.requireNonNull(stream),
                heldBack.isEmpty() ? request : Http1Exchange.with(request, heldBack),
                authorityGiven ? request.getHttpURI() : withoutAuthority(request.getHttpURI()));
        heldBack.clear();
        return handleCurrent;
    }

    private static HttpURI withoutAuthority(HttpURI uri) {
        return HttpURI.build(uri).authority(null, -1).asImmutable();
    }

    @Override
    public @Nullable Request getRequest() {
        return current == null ? null : jettyRequest;
    }

    @Override
    public @Nullable Runnable onContentAvailable() {
        var exchange = current;
        return exchange == null ? null : exchange::bodyReady;
    }

    @Override
    public IdleTimeoutTask onIdleTimeout(TimeoutException timeout) {
        var exchange = current;
        if (exchange == null || exchange.ended()) {
            return new IdleTimeoutTask(null, false);
        }
        // The exchange has limits of its own.
        return new IdleTimeoutTask(null, true);
    }

    @Override
    public @Nullable Runnable onFailure(Throwable failure) {
        var exchange = current;
        if (exchange == null || exchange.ended()) {
            return null;
        }
        return Invocable.from(InvocationType.NON_BLOCKING, () -> failed(exchange, failure));
    }

    private void failed(Http1Exchange exchange, Throwable failure) {
        if (!(failure instanceof HttpException bad)) {
            exchange.failBody(Failure.CLIENT_ABORTED, String.valueOf(failure.getMessage()));
            exchange.bodyReady();
        } else if (exchange.handled()) {
            exchange.failBody(failureOf(bad), String.valueOf(bad.getReason()));
            exchange.bodyReady();
        } else {
            var reason = String.valueOf(bad.getReason());
            exchange.handledNow();
            exchange.lastOfConnection();
            HandlerNet.handOver(
                    exchange, front().handler(), timedOut ? Failure.HEADER_TIMEOUT : failureOf(bad), reason);
        }
    }

    /// What Jetty says without our parser: the client closed its side in the middle of a message.
    private static Failure failureOf(HttpException bad) {
        return bad instanceof Refusal refusal ? refusal.failure() : Failure.CLIENT_ABORTED;
    }

    /// What is wrong with the body, as far as the parser knows.
    Failure bodyFailure() {
        var known = connection.bodyFailure();
        return known == null ? Failure.CLIENT_ABORTED : known;
    }

    /// The head of a request did not come in time.
    void headTimedOut() {
        timedOut = true;
    }

    @Override
    public @Nullable Runnable onRemoteFailure(Throwable failure) {
        return onFailure(failure);
    }

    /// The connection is closed, for whatever reason.
    void closed() {
        var exchange = current;
        if (exchange != null) {
            exchange.clientGone(Failure.CLIENT_ABORTED);
        }
    }

    @Override
    public void recycle() {
        current = null;
        upgradeTo = null;
    }

    @Override
    public void initialize() {
        heldBack.clear();
    }

    @Override
    public ComplianceViolation.Listener getComplianceViolationListener() {
        return ComplianceViolation.Listener.NOOP;
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
