package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import dev.gatehouse.loop.Loop;
import dev.gatehouse.loop.LoopEndPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An HTTP/1.1 connection with an upstream (RFC 9112): one call at a time, kept between calls, thrown away at the
/// first doubt. Confined to its loop.
///
/// The answer is read in steps: the parser stops at each event, content is passed on when the next event is known, so
/// that the last piece can say that it is the last, and nothing more is read while the client has not taken what it
/// got. Callbacks that complete at once only set a flag that the loop of steps looks at, so nothing recurses.
final class Http1Connection extends AbstractConnection implements BodyPump.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Http1Connection.class);
    private static final int MAX_INTERIM = 100;
    private static final long FAIRNESS_BYTES = 1 << 20;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Duration HOLD = Duration.ofSeconds(1);

    private final UpstreamPool pool;
    private final Loop loop;
    private final LoopEndPoint socket;
    private final @Nullable Runnable whenOpen;
    private final RequestWriter writer = new RequestWriter();
    private final Http1ResponseParser answer = new Http1ResponseParser();
    private final Deadlines deadlines;
    private final Lifetime lifetime;
    private final Callback headWritten = new HeadWritten();
    private final Callback contentTaken = new ContentTaken();
    /// To whom it belongs; null as long as it serves everybody.
    private @Nullable ClientsOwn owner;
    private @Nullable UpstreamCall call;
    private @Nullable BodyPump pump;
    private @Nullable RetainableByteBuffer in;
    private int served;

    private @Nullable ByteBuffer held;
    private boolean answered;
    private boolean headPassed;
    private int interims;
    private boolean sent;
    private Duration readLimit = Duration.ZERO;
    private boolean clientBusy;
    private boolean processing;
    private long passed;

    /// @param endPoint where HTTP is spoken: the socket, or TLS over it
    /// @param whenOpen run when the first call may start; null where a TLS handshake comes first
    Http1Connection(UpstreamPool pool, EndPoint endPoint, LoopEndPoint socket, @Nullable Runnable whenOpen) {
        super(endPoint, pool.executor());
        this.pool = pool;
        this.loop = pool.loop();
        this.socket = socket;
        this.whenOpen = whenOpen;
        this.lifetime =
                new Lifetime(pool.name(), socket.getRemoteSocketAddress().getAddress());
        this.deadlines = new Deadlines(loop, this::fail);
    }

    @Override
    public void onOpen() {
        super.onOpen();
        getEndPoint().setIdleTimeout(IDLE.toMillis());
        if (whenOpen != null) {
            whenOpen.run();
        } else {
            startTls();
        }
    }

    private void startTls() {
        try {
            getEndPoint().flush(BufferUtil.EMPTY_BUFFER);
            fillInterested();
        } catch (IOException broken) {
            close();
        }
    }

    /// Whether a kept connection still looks alive, and may have the call.
    boolean usable(UpstreamCall next) {
        return getEndPoint().isOpen()
                && !getEndPoint().isInputShutdown()
                && lifetime.lasts(next.timeouts().upstreamMaxAge());
    }

    /// Whether a kept connection is alive as far as the kernel knows: asks it, unlike [#usable].
    boolean silent() {
        return socket.isSilent(pool.probe());
    }

    void start(UpstreamCall next) {
        call = next;
        next.onCancel(this::abandon);
        next.phase(Phase.REQUEST);
        served++;
        if (owner == null && ConnectionAuthentication.isIn(next.fields())) {
            owner = ClientsOwn.of(next.client());
        }
        resetAnswer(next);
        answered = false;
        interims = 0;
        passed = 0;
        boolean hasBody = next.contentLength() != 0;
        sent = !hasBody;
        ByteBuffer head;
        try {
            head = writer.write(
                    next.method(),
                    next.target(),
                    next.fields(),
                    RequestWriter.framing(next.method(), next.contentLength()),
                    Math.max(0, next.contentLength()));
        } catch (IllegalArgumentException injected) {
            call = null;
            keepOrClose(next, true);
            next.fail(Failure.STREAM_MALFORMED, String.valueOf(injected.getMessage()));
            return;
        }
        if (!isFillInterested()) {
            fillInterested();
        }
        if (!hasBody) {
            headDue(next);
            getEndPoint().write(headWritten, head);
        } else {
            readLimit = next.timeouts().upstreamRead();
            var newPump = new Http1Body(this, next, getEndPoint(), writer, head);
            pump = newPump;
            newPump.start(next.holdBody());
            if (next.holdBody()) {
                loop.schedule(() -> endHolding(next), HOLD.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void headDue(UpstreamCall current) {
        deadlines.answerWithin(
                current.timeouts().upstreamResponseHeader(), Failure.RESPONSE_TIMEOUT, "no answer in time");
    }

    // ---- the request's body

    /// Upstreams that do not know 100-continue must not make the client wait for ever (RFC 9110 §10.1.1).
    private void endHolding(UpstreamCall held) {
        var running = pump;
        if (held == call && running != null && running.go()) {
            held.listener().interim(100, HttpFields.EMPTY);
        }
    }

    /// Now the upstream has to answer.
    @Override
    public void bodySent() {
        sent = true;
        pump = null;
        var current = call;
        if (current != null && !answer.headComplete()) {
            current.phase(Phase.RESPONSE_HEADER);
            headDue(current);
        } else if (current != null && !clientBusy) {
            moreDue(current);
        }
    }

    @Override
    public void bodyWriting() {
        if (call != null) {
            deadlines.takeWithin(readLimit);
        }
    }

    @Override
    public void bodyWritten() {
        deadlines.taken();
    }

    @Override
    public void bodyFailed(Failure failure, String detail) {
        fail(failure, detail);
    }

    @Override
    public void writeFailed(Throwable cause) {
        pump = null;
        deadlines.taken();
        if (call != null && !answer.headComplete()) {
            deadlines.answerWithin(LAST_WORDS, lost(), String.valueOf(cause.getMessage()));
        }
    }

    private Failure lost() {
        return served > 1 && !answered ? Failure.CONNECTION_STALE : Failure.CONNECTION_LOST;
    }

    // ---- what comes

    @Override
    public void onFillable() {
        if (call == null) {
            fillUnasked();
        } else {
            process();
        }
    }

    /// Nobody asked anything. TLS may have to talk to itself (handshake, tickets); an end, or bytes that nobody may
    /// ever get, end the connection.
    private void fillUnasked() {
        var buffer = pool.buffer(null, Long.MAX_VALUE);
        try {
            if (getEndPoint().fill(buffer.getByteBuffer()) == 0) {
                if (!isFillInterested()) {
                    fillInterested();
                }
                return;
            }
        } catch (IOException broken) {
            // Closed below.
        } finally {
            buffer.release();
        }
        forget();
        close();
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        if (cause instanceof HandedOver) {
            return;
        }
        if (call == null) {
            forget();
            close();
        } else {
            fail(answered ? Failure.RESPONSE_TRUNCATED : lost(), String.valueOf(cause.getMessage()));
        }
    }

    /// Kept connections age out; during a call the call's own limits hold.
    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        if (call != null) {
            return false;
        }
        forget();
        return true;
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        forget();
        deadlines.stop();
        if (call != null) {
            fail(answered ? Failure.RESPONSE_TRUNCATED : lost(), cause == null ? "closed" : cause.toString());
        }
    }

    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        var mine = call;
        try {
            // The end of an answer may begin the next call; its bytes are told by the socket.
            while (call != null && call == mine && !clientBusy && step()) {
                // Each step does one thing.
            }
        } catch (IOException broken) {
            if (call == mine) {
                fail(answered ? Failure.RESPONSE_TRUNCATED : lost(), String.valueOf(broken.getMessage()));
            }
        } catch (RuntimeException | Error bug) {
            bug(mine, bug);
        } finally {
            processing = false;
        }
    }

    /// Whoever takes the response did not. A call is over before its last piece, or its connection, is handed on.
    private void bug(@Nullable UpstreamCall mine, Throwable bug) {
        LOG.error("passing a response on failed", bug);
        if (call == mine) {
            fail(Failure.BUG, bug.toString());
            return;
        }
        if (call == null && answer.status() == 101) {
            close();
        }
        if (mine != null) {
            mine.listener().failed(Failure.BUG, bug.toString());
        }
    }

    /// @return whether there is more to do at once
    private boolean step() throws IOException {
        var buffer = in;
        if (buffer != null && parse(buffer.getByteBuffer())) {
            return true;
        }
        if (call == null || clientBusy) {
            return false;
        }
        if (held != null || (answer.headComplete() && !headPassed && answer.status() >= 200)) {
            pass();
            return true;
        }
        return fill();
    }

    private boolean fill() throws IOException {
        if (passed > FAIRNESS_BYTES) {
            passed = 0;
            loop.yieldTo(this::process);
            return false;
        }
        var buffer = pool.buffer(in, Objects.requireNonNull(call).listener().room());
        in = buffer;
        int read = getEndPoint().fill(buffer.getByteBuffer());
        if (read > 0) {
            answered = true;
            return true;
        }
        release();
        if (read < 0) {
            end();
            return false;
        }
        var current = call;
        if (current != null && headPassed) {
            moreDue(current);
        }
        if (!isFillInterested()) {
            fillInterested();
        }
        return false;
    }

    /// While the request is still being sent, other limits hold: the upstream may be waiting for the client.
    private void moreDue(UpstreamCall current) {
        if (pump == null) {
            deadlines.answerWithin(current.silence(), Failure.UPSTREAM_IDLE, "silence within the answer");
        }
    }

    /// The upstream closed its side.
    private void end() {
        if (!answered) {
            fail(lost(), "closed before the answer");
        } else if (answer.end()) {
            complete();
        } else {
            fail(Failure.RESPONSE_TRUNCATED, "closed in the middle of the answer");
        }
    }

    /// @return whether it came to an event
    private boolean parse(ByteBuffer buffer) {
        switch (answer.next(buffer)) {
            case NONE -> {
                return false;
            }
            case HEAD -> head();
            case CONTENT -> {
                var next = answer.content();
                if (held != null) {
                    pass();
                }
                held = next;
            }
            case COMPLETE -> {
                var current = call;
                if (answer.status() >= 200) {
                    complete();
                } else if (current != null) {
                    resetAnswer(current);
                }
            }
            case BAD -> fail(answer.failure(), answer.problem());
        }
        return true;
    }

    private void head() {
        var current = call;
        if (current == null) {
            return;
        }
        int status = answer.status();
        current.received(answer.protocol());
        if (status == 101) {
            switchProtocols(current);
        } else if (status < 200) {
            interim(current, status);
        } else {
            current.phase(Phase.RESPONSE_BODY);
            deadlines.noAnswerDue();
            if (owner == null && answer.authenticatesConnection()) {
                owner = ClientsOwn.of(current.client());
            }
        }
    }

    private void interim(UpstreamCall current, int status) {
        if (++interims > MAX_INTERIM) {
            fail(Failure.RESPONSE_HEAD_INVALID, "more than " + MAX_INTERIM + " interim answers");
            return;
        }
        var running = pump;
        if (status == 100 && running != null) {
            running.go();
        }
        if (sent) {
            headDue(current);
        }
        current.listener().interim(status, answer.fields().asImmutable());
    }

    private void switchProtocols(UpstreamCall current) {
        if (!current.upgrade()) {
            fail(Failure.SWITCH_UNASKED, "101 without a request for it");
            return;
        }
        var buffer = in;
        var early = BufferUtil.EMPTY_BUFFER;
        if (buffer != null && buffer.hasRemaining()) {
            early = BufferUtil.copy(buffer.getByteBuffer());
        }
        release();
        deadlines.stop();
        stopPump();
        call = null;
        current.finish();
        ((AbstractEndPoint) getEndPoint()).getFillInterest().onFail(new HandedOver());
        current.listener().switched(answer.fields().asImmutable(), new Switched(getEndPoint(), early));
    }

    // ---- to the client

    /// Passes on what is held; the head goes with the first content.
    private void pass() {
        var current = call;
        if (current == null) {
            return;
        }
        var content = held == null ? BufferUtil.EMPTY_BUFFER : held;
        held = null;
        passed += content.remaining();
        clientBusy = true;
        deadlines.noAnswerDue();
        if (headPassed) {
            current.listener().content(content, false, contentTaken);
        } else {
            headPassed = true;
            current.listener().head(answer.status(), answer.fields(), content, false, contentTaken);
        }
    }

    private void complete() {
        var current = call;
        if (current == null) {
            return;
        }
        var trailers = answer.trailers();
        if (trailers != null) {
            current.listener().trailers(trailers.asImmutable());
            if (call != current) {
                return;
            }
        }
        var content = held == null ? BufferUtil.EMPTY_BUFFER : held;
        held = null;
        var buffer = in;
        in = null;
        boolean clean = sent && answer.persistent() && (buffer == null || !buffer.hasRemaining());
        boolean first = !headPassed;
        int status = answer.status();
        var fields = answer.fields();
        call = null;
        current.finish();
        deadlines.clear();
        keepOrClose(current, clean);
        var done = buffer == null ? Callback.NOOP : new Releasing(buffer);
        if (first) {
            current.listener().head(status, fields, content, true, done);
        } else {
            current.listener().content(content, true, done);
        }
    }

    private void keepOrClose(UpstreamCall last, boolean clean) {
        lifetime.keepFor(answer.keepSeconds());
        if (!clean || !usable(last) || socket.hasEarly()) {
            stopPump();
            close();
            return;
        }
        if (!isFillInterested()) {
            fillInterested();
        }
        if (whenOpen == null) {
            // TLS may hold bytes that were read with the answer; it tells of them first.
            loop.execute(this::keepIfQuiet);
        } else {
            keep();
        }
    }

    private void keep() {
        if (owner == null) {
            pool.keep(this);
        } else {
            owner.keep(this);
        }
    }

    private void forget() {
        if (owner == null) {
            pool.forget(this);
        } else {
            owner.forget(this);
        }
    }

    boolean hasLeft() {
        return lifetime.hasLeft();
    }

    boolean isOf(UpstreamPool other) {
        return pool.equals(other);
    }

    private void keepIfQuiet() {
        if (call == null && getEndPoint().isOpen() && !getEndPoint().isInputShutdown()) {
            keep();
        }
    }

    // ---- the end

    private void fail(Failure failure, String detail) {
        var current = call;
        drop();
        close();
        if (current != null) {
            current.fail(failure, detail);
        }
    }

    private void abandon() {
        drop();
        getEndPoint().close(new IOException("given up"));
    }

    /// What the client still writes from is kept until it is done.
    private void drop() {
        call = null;
        held = null;
        deadlines.stop();
        stopPump();
        if (!clientBusy) {
            release();
        }
    }

    private void stopPump() {
        var running = pump;
        pump = null;
        if (running != null) {
            running.stop();
        }
    }

    private void release() {
        var buffer = in;
        in = null;
        if (buffer != null) {
            buffer.release();
        }
    }

    private void resetAnswer(UpstreamCall current) {
        held = null;
        headPassed = false;
        answer.reset(current.method().equals("HEAD"));
    }

    // ---- callbacks

    private final class HeadWritten implements Callback {
        @Override
        public void succeeded() {
            var current = call;
            if (current != null && current.phase() == Phase.REQUEST) {
                current.phase(Phase.RESPONSE_HEADER);
            }
        }

        @Override
        public void failed(Throwable cause) {
            writeFailed(cause);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }

    private final class ContentTaken implements Callback {
        @Override
        public void succeeded() {
            clientBusy = false;
            if (call == null) {
                release();
            } else {
                process();
            }
        }

        @Override
        public void failed(Throwable cause) {
            clientBusy = false;
            if (call == null) {
                release();
            } else {
                fail(Failure.CLIENT_ABORTED, String.valueOf(cause.getMessage()));
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
