package dev.gatehouse.proxy;

import dev.gatehouse.config.AppConfig;
import dev.gatehouse.header.RequestHeaders;
import dev.gatehouse.header.ResponseHeaders;
import dev.gatehouse.header.Upgrade;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.observe.Facts;
import dev.gatehouse.route.Decision;
import dev.gatehouse.route.RequestPath;
import dev.gatehouse.route.RequestTarget;
import dev.gatehouse.route.UpstreamTarget;
import dev.gatehouse.upstream.RepeatableBody;
import dev.gatehouse.upstream.Switched;
import dev.gatehouse.upstream.UpstreamCall;
import dev.gatehouse.upstream.UpstreamListener;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/// One request on its way: decisions, attempts, answer, and what the logs say about it. Confined to its loop.
final class Passage implements Exchange.Listener, UpstreamListener, ResponseSink {
    private static final int MAX_ATTEMPTS = 3;

    /// nginx's word for a client that did not wait for the (whole) answer; only logged.
    private static final int CLIENT_LEFT = 499;

    private static final String EVENT_STREAM = "text/event-stream";

    private final Road road;
    private final Exchange exchange;
    private final RequestHeaders headers;
    private String requestId = "";

    private Decision.@Nullable Forward forward;
    private RequestPath path = RequestPath.ROOT;
    private @Nullable AppConfig app;
    private @Nullable Lane lane;
    private @Nullable UpstreamCall call;
    private @Nullable RepeatableBody repeatable;
    /// Whether an attempt may have had an effect.
    private boolean touched;
    private @Nullable HttpFields upstreamFields;
    private @Nullable Tunnel tunnel;
    private @Nullable HttpField upgrade;
    private boolean isGrpc;
    private boolean endsInTrailers;
    private int chosen;
    private int attempts;

    private int status;
    private long firstByteNanos = -1;
    private @Nullable Failure failure;
    private @Nullable String phase;
    private @Nullable String cause;

    Passage(Road road, Exchange exchange) {
        this.road = road;
        this.exchange = exchange;
        this.headers = road.headers();
        exchange.listener(this);
        exchange.maxBody(road.maxBodyBytes());
    }

    /// Before anything else; not the constructor's business, which must not fail.
    void identify() {
        requestId = headers.requestId(exchange);
    }

    String requestId() {
        if (requestId.isEmpty()) {
            requestId = RequestHeaders.newId();
        }
        return requestId;
    }

    // ---- the road

    void begin() {
        var fixed = road.fixed().response(exchange);
        if (fixed != null) {
            respond(fixed.status(), HttpFields.build(fixed.fields()), fixed.content(), true, Callback.NOOP);
            return;
        }
        var target = RequestTarget.path(exchange.method(), exchange.uri());
        path = Objects.requireNonNullElse(target, RequestPath.ROOT);
        switch (road.router().route(exchange, target)) {
            case Decision.Forward to -> forward(to);
            case Decision.Redirect to -> redirect(to);
            case Decision.ServerOptions to -> options(to);
            case Decision.Refuse refused -> {
                app = refused.app();
                refuse(refused.failure(), refused.detail());
            }
        }
    }

    private void forward(Decision.Forward to) {
        forward = to;
        path = to.path(path);
        app = to.app();
        exchange.connection().servedBy(to.app().name(), to.route().path());
        if (exchange.contentLength() > road.maxBodyBytes()) {
            refuse(Failure.BODY_TOO_LARGE, "content_length=" + exchange.contentLength());
            return;
        }
        if (headers.isLoop(exchange.fields())) {
            refuse(Failure.LOOP, "passed here before");
            return;
        }
        var timeouts = to.route().timeouts();
        exchange.clientPace(timeouts.clientStall(), timeouts.clientMinRate());
        isGrpc = to.route().http2() && GrpcAnswer.isWanted(exchange);
        exchange.streamIdle(isGrpc ? timeouts.openEndedIdle() : timeouts.streamIdle(), isGrpc);
        upgrade = Upgrade.offered(
                exchange, exchange.contentLength() != 0, to.route().upgrades());
        road.budget().request();
        var its = road.lane(to.route().ordinal());
        lane = its;
        chosen = its.balancer().first(System.nanoTime());
        attempt(to, its, false);
    }

    private void redirect(Decision.Redirect to) {
        app = to.app();
        ErrorAnswer.redirect(exchange, this, to.status(), to.location(), requestId);
    }

    private void options(Decision.ServerOptions to) {
        app = to.app();
        ErrorAnswer.options(this, requestId);
    }

    /// Answers without asking an upstream.
    void refuse(Failure reason, String detail) {
        fail(reason, detail);
    }

    private void attempt(Decision.Forward to, Lane its, boolean fresh) {
        attempts++;
        var pool = its.pools().get(chosen);
        var fields = headers.forUpstream(exchange, to, pool.upstream(), requestId, upgrade);
        upstreamFields = fields;
        var body = repeatable == null ? RequestBody.of(exchange, to.route(), pool) : repeatable.repeat();
        repeatable = body instanceof RepeatableBody kept ? kept : null;
        var next = new UpstreamCall(
                exchange.method(),
                UpstreamTarget.of(to.route(), path, exchange.uri().getQuery()),
                fields,
                body,
                exchange.contentLength(),
                exchange.expectsContinue(),
                upgrade != null,
                to.route().timeouts(),
                exchange.connection(),
                this);
        call = next;
        pool.send(next, fresh, road.maxRequestsPerUpstream());
    }

    // ---- the upstream's answer

    @Override
    public void interim(int code, HttpFields fields) {
        exchange.interim(code, code == 100 ? HttpFields.EMPTY : ResponseHeaders.forClient(fields, received()));
    }

    @Override
    public void head(int code, HttpFields fields, ByteBuffer content, boolean last, Callback callback) {
        answered();
        var ours = ResponseHeaders.forClient(fields, received());
        if (!last) {
            begins(fields);
        }
        respond(code, ours, content, last, callback);
    }

    @Override
    public void respond(int code, HttpFields.Mutable fields, ByteBuffer content, boolean last, Callback callback) {
        status = code;
        if (!fields.contains(HttpHeader.DATE)) {
            fields.add(Dates.now());
        }
        var strict = app == null ? null : ResponseHeaders.strictTransport(app, exchange.connection());
        if (strict != null && !fields.contains(HttpHeader.STRICT_TRANSPORT_SECURITY)) {
            fields.add(strict);
        }
        exchange.respond(code, fields, content, last, callback);
    }

    /// gRPC and event streams are silent by their nature.
    private void begins(HttpFields fields) {
        var current = call;
        if (current == null || (!isGrpc && !isEventStream(fields))) {
            return;
        }
        var idle = current.timeouts().openEndedIdle();
        current.silence(idle);
        exchange.streamIdle(idle, isGrpc);
        endsInTrailers = isGrpc && !fields.contains(HttpHeader.CONTENT_LENGTH);
    }

    private static boolean isEventStream(HttpFields fields) {
        var type = fields.get(HttpHeader.CONTENT_TYPE);
        return type != null && type.regionMatches(true, 0, EVENT_STREAM, 0, EVENT_STREAM.length());
    }

    private Protocol received() {
        return Objects.requireNonNull(call).received();
    }

    @Override
    public void content(ByteBuffer content, boolean last, Callback callback) {
        exchange.write(content, last, callback);
    }

    @Override
    public long room() {
        return exchange.room();
    }

    @Override
    public void trailers(HttpFields fields) {
        exchange.trailers(RequestBody.allowed(fields));
    }

    @Override
    public void switched(HttpFields fields, Switched upstream) {
        var agreed = upgrade == null ? null : Upgrade.agreed(fields, upgrade);
        if (agreed == null) {
            upstream.endPoint().close();
            failed(Failure.SWITCH_UNASKED, "101 to another protocol");
            return;
        }
        answered();
        status = 101;
        var limit = Objects.requireNonNull(forward).route().timeouts().tunnelIdle();
        exchange.streamIdle(limit, true);
        var through = new Tunnel(road.buffers(), upstream, limit, this::tunnelEnded);
        tunnel = through;
        exchange.upgrade(ResponseHeaders.forClient(fields, received(), agreed), through::client);
    }

    private void answered() {
        RepeatableBody.forget(repeatable);
        firstByteNanos = System.nanoTime();
        Objects.requireNonNull(lane).balancer().reached(chosen);
    }

    @Override
    public void failed(Failure reason, String detail) {
        var to = forward;
        var its = lane;
        var failedCall = call;
        if (to != null && its != null && failedCall != null && reason.side() == Failure.Side.UPSTREAM) {
            phase = failedCall.phase().text();
            touched |= reason.retry() == Failure.Retry.IF_IDEMPOTENT || reason.retry() == Failure.Retry.NEVER;
            if (reason.retry() == Failure.Retry.ALWAYS && reason != Failure.UPSTREAM_FULL) {
                its.balancer().unreachable(chosen, System.nanoTime());
            }
            boolean again = mayRetry(reason, failedCall);
            tell(reason, detail, again);
            if (again) {
                if (reason != Failure.CONNECTION_STALE && reason.retry() != Failure.Retry.REFUSED) {
                    chosen = its.balancer().next(chosen, System.nanoTime());
                }
                attempt(to, its, true);
                return;
            }
        }
        fail(reason, detail);
    }

    /// RFC 9110 §9.2.2: repeated only if nothing was done yet, or doing it twice is the same as doing it once.
    private boolean mayRetry(Failure reason, UpstreamCall failedCall) {
        if (exchange.committed() || attempts >= MAX_ATTEMPTS || !RepeatableBody.mayRepeat(failedCall, repeatable)) {
            return false;
        }
        return switch (reason.retry()) {
            case ALWAYS -> attempts < Objects.requireNonNull(lane).pools().size();
            case REFUSED -> road.budget().take();
            case IF_IDEMPOTENT -> failedCall.isIdempotent() && road.budget().take();
            case NEVER -> false;
        };
    }

    private void fail(Failure reason, String detail) {
        failure = reason;
        cause = detail;
        if (endsInTrailers && exchange.committed()) {
            GrpcAnswer.end(exchange, reason);
        } else if (exchange.committed()) {
            exchange.abort(reason);
        } else if (reason.status() == CLIENT_LEFT || reason.isStreamError() || isRefusal(reason)) {
            status = reason.status();
            exchange.abort(reason);
        } else {
            ErrorAnswer.send(exchange, this, reason, requestId);
        }
    }

    /// Whether the client may be told that nothing was done, and send the request again (RFC 9113 §8.7).
    private boolean isRefusal(Failure reason) {
        boolean untouched = reason == Failure.STREAM_REFUSED && !touched;
        return (untouched || reason.isRefusal()) && exchange.protocol() == Protocol.HTTP_2;
    }

    // ---- the client

    @Override
    public void clientFailed(Failure reason) {
        var current = call;
        if (current != null && !current.over()) {
            phase = current.phase().text();
            current.cancel();
        }
    }

    @Override
    public void ended(@Nullable Failure reason) {
        RepeatableBody.forget(repeatable);
        if (reason != null && failure == null) {
            failure = reason;
            if (!exchange.committed() || reason.status() == CLIENT_LEFT) {
                status = reason.status();
            }
        }
        var through = tunnel;
        if (through == null || reason != null) {
            if (through != null) {
                through.abandon();
            }
            record(exchange.bytesSent(), exchange.bytesReceived());
        }
    }

    private void tunnelEnded(Tunnel ended) {
        record(ended.bytesToClient(), ended.bytesToUpstream());
    }

    // ---- the logs

    private void tell(Failure reason, String detail, boolean again) {
        var to = Objects.requireNonNull(forward);
        var upstream = Objects.requireNonNull(lane).upstream(chosen);
        road.log().log(
                Level.WARN,
                reason.token() + " " + upstream.address(),
                "upstream failed app={} route={} upstream={} reason={} phase={} cause={} elapsed_ms={}"
                        + " request_id={} attempt={} retry={}",
                to.app().name(),
                to.route().path(),
                upstream.address(),
                reason.token(),
                String.valueOf(phase),
                Facts.quoted(detail),
                (System.nanoTime() - exchange.beganNanos()) / 1_000_000,
                requestId,
                attempts,
                again);
    }

    private void record(long sent, long received) {
        var log = road.accessLog();
        if (!log.enabled()) {
            return;
        }
        var forwarded = upstreamFields == null ? exchange.fields() : upstreamFields;
        var out = AccessRecords.of(exchange, forwarded, firstByteNanos);
        out.status = status;
        out.bytesSent = sent;
        out.bytesReceived = received;
        out.app = app == null ? null : app.name();
        out.requestId = requestId;
        out.attempts = attempts;
        var to = forward;
        var its = lane;
        if (to != null) {
            out.route = to.route().path();
            out.upstream = its == null ? null : its.upstream(chosen).address();
        }
        if (failure != null) {
            out.failure = failure;
            out.phase = phase;
            out.cause = cause;
        }
        log.record(out);
    }
}
