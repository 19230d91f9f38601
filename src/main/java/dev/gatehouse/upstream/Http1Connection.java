package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import dev.gatehouse.loop.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// An HTTP/1.1 connection with an upstream (RFC 9112): one call at a time, kept between calls, thrown away at the
/// first doubt. Confined to its loop.
///
/// The answer is read in steps: the parser stops at each event, content is passed on when the next event is known, so
/// that the last piece can say that it is the last, and nothing more is read while the client has not taken what it
/// got.
final class Http1Connection extends AbstractConnection implements HttpParser.ResponseHandler {
    private static final int HEAD_BYTES = 64 * 1024;
    private static final int READ_BYTES = 32 * 1024;
    private static final int MAX_INTERIM = 32;
    private static final int MAX_FIELDS = 1000;
    private static final long FAIRNESS_BYTES = 1 << 20;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private enum Event {
        NONE,
        HEAD,
        CONTENT,
        COMPLETE,
        BAD
    }

    private final UpstreamPool pool;
    private final Loop loop;
    private final @Nullable Runnable whenOpen;
    private final RequestWriter writer = new RequestWriter();
    private final HttpParser parser = new HttpParser(this, HEAD_BYTES, HttpCompliance.STRICT);
    private final Callback headWritten = new HeadWritten();
    private final Callback contentTaken = new ContentTaken();
    private @Nullable UpstreamCall call;
    private @Nullable BodyPump pump;
    private @Nullable RetainableByteBuffer in;
    private int served;

    private Event event = Event.NONE;
    private int status;
    private HttpFields.Mutable fields = HttpFields.build();
    private HttpFields.@Nullable Mutable trailers;
    private @Nullable ByteBuffer held;
    private @Nullable ByteBuffer incoming;
    private boolean headComplete;
    private boolean closeSaid;
    private String problem = "";
    private boolean persistent;
    private boolean answered;
    private boolean headPassed;
    private int interims;
    private boolean sent;
    private boolean clientBusy;
    private boolean processing;
    private long passed;

    private long deadline;
    private Failure deadlineFailure = Failure.RESPONSE_TIMEOUT;
    private Scheduler.@Nullable Task timer;
    private long timerAt;

    Http1Connection(UpstreamPool pool, EndPoint endPoint, @Nullable Runnable whenOpen) {
        super(endPoint, pool.executor());
        this.pool = pool;
        this.loop = pool.loop();
        this.whenOpen = whenOpen;
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

    /// Whether a kept connection still looks alive.
    boolean usable() {
        return getEndPoint().isOpen() && !getEndPoint().isInputShutdown();
    }

    void start(UpstreamCall next) {
        call = next;
        next.onCancel(this::abandon);
        next.phase(Phase.REQUEST);
        served++;
        resetAnswer();
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
                    hasBody
                            ? next.contentLength() < 0 ? RequestWriter.Framing.CHUNKED : RequestWriter.Framing.LENGTH
                            : framingOfNothing(next.method()),
                    Math.max(0, next.contentLength()));
        } catch (IllegalArgumentException injected) {
            call = null;
            keepOrClose(true);
            next.fail(Failure.STREAM_MALFORMED, String.valueOf(injected.getMessage()));
            return;
        }
        if (!isFillInterested()) {
            fillInterested();
        }
        if (!hasBody) {
            watch(next.timeouts().upstreamResponseHeader(), Failure.RESPONSE_TIMEOUT);
            getEndPoint().write(headWritten, head);
        } else {
            var newPump = new BodyPump(this, next, getEndPoint());
            pump = newPump;
            newPump.start(head, next.holdBody());
        }
    }

    /// Methods that usually have a body say that there is none (RFC 9110 §8.6).
    private static RequestWriter.Framing framingOfNothing(String method) {
        return switch (method) {
            case "POST", "PUT", "PATCH" -> RequestWriter.Framing.LENGTH;
            default -> RequestWriter.Framing.NONE;
        };
    }

    /// The request is sent in full; now the upstream has to answer.
    void bodySent() {
        sent = true;
        pump = null;
        var current = call;
        if (current != null && !headPassed) {
            current.phase(Phase.RESPONSE_HEADER);
            watch(current.timeouts().upstreamResponseHeader(), Failure.RESPONSE_TIMEOUT);
        }
    }

    /// A piece of the body is on its way to the upstream.
    void bodyWriting() {
        var current = call;
        if (current != null) {
            watch(current.timeouts().upstreamIdle(), Failure.UPSTREAM_IDLE);
        }
    }

    /// The client has to send more.
    void bodyWaiting() {
        unwatch();
    }

    /// The client's body ends in a failure; the upstream must not take what it got for the whole.
    void bodyFailed(Failure failure, String detail) {
        fail(failure, detail);
    }

    /// The upstream does not take more. It may have answered already, so it is heard first.
    void writeFailed(Throwable cause) {
        if (call != null && !headPassed) {
            problem = String.valueOf(cause.getMessage());
            watch(LAST_WORDS, lost());
        }
    }

    private Failure lost() {
        return served > 1 && !answered ? Failure.CONNECTION_STALE : Failure.CONNECTION_LOST;
    }

    @Override
    public void onFillable() {
        if (call == null) {
            // Nothing was asked: an end, or bytes that nobody may ever get.
            pool.forget(this);
            close();
        } else {
            process();
        }
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        if (cause instanceof HandedOver) {
            return;
        }
        if (call == null) {
            pool.forget(this);
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
        pool.forget(this);
        return true;
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        pool.forget(this);
        unwatch();
        if (call != null) {
            fail(answered ? Failure.RESPONSE_TRUNCATED : lost(), cause == null ? "closed" : cause.toString());
        }
    }

    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            while (call != null && !clientBusy && step()) {
                // Each step does one thing.
            }
        } catch (IOException broken) {
            fail(answered ? Failure.RESPONSE_TRUNCATED : lost(), String.valueOf(broken.getMessage()));
        } finally {
            processing = false;
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
        if (held != null || (headComplete && !headPassed && status >= 200)) {
            pass(false);
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
        var buffer = in;
        if (buffer == null) {
            buffer = pool.upstreams().buffers().acquire(READ_BYTES, true);
            in = buffer;
        }
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
            watch(current.timeouts().upstreamIdle(), Failure.UPSTREAM_IDLE);
        }
        if (!isFillInterested()) {
            fillInterested();
        }
        return false;
    }

    /// The upstream closed its side.
    private void end() {
        if (!answered) {
            fail(lost(), "closed before the answer");
            return;
        }
        // Jetty's parser takes the end of the stream for the end of the trailers; we do not.
        boolean inTrailers = parser.isState(HttpParser.State.TRAILER);
        event = Event.NONE;
        if (!inTrailers) {
            parser.atEOF();
            parser.parseNext(BufferUtil.EMPTY_BUFFER);
        }
        if (event == Event.COMPLETE) {
            complete();
        } else {
            fail(Failure.RESPONSE_TRUNCATED, "closed in the middle of the answer");
        }
    }

    /// @return whether it came to an event
    private boolean parse(ByteBuffer buffer) {
        event = Event.NONE;
        parser.parseNext(buffer);
        switch (event) {
            case NONE -> {
                return false;
            }
            case HEAD -> head();
            case CONTENT -> {
                if (held != null) {
                    pass(false);
                }
                held = incoming;
            }
            case COMPLETE -> {
                if (status < 200) {
                    resetAnswer();
                } else {
                    complete();
                }
            }
            case BAD -> fail(headPassed ? Failure.RESPONSE_FRAMING : badHead(), problem);
        }
        return true;
    }

    private Failure badHead() {
        return problem.contains("Length") || problem.contains("Encoding")
                ? Failure.RESPONSE_FRAMING
                : Failure.RESPONSE_HEAD_INVALID;
    }

    private void head() {
        var current = call;
        if (current == null) {
            return;
        }
        if (status == 101) {
            switchProtocols(current);
        } else if (status < 200) {
            if (++interims > MAX_INTERIM) {
                fail(Failure.RESPONSE_HEAD_INVALID, "more than " + MAX_INTERIM + " interim answers");
                return;
            }
            var running = pump;
            if (status == 100 && running != null) {
                running.go();
            }
            current.listener().interim(status, fields.asImmutable());
            if (sent) {
                watch(current.timeouts().upstreamResponseHeader(), Failure.RESPONSE_TIMEOUT);
            }
        } else {
            current.phase(Phase.RESPONSE_BODY);
            unwatch();
        }
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
        var got = fields.asImmutable();
        release();
        unwatch();
        call = null;
        current.finish();
        ((AbstractEndPoint) getEndPoint()).getFillInterest().onFail(new HandedOver());
        current.listener().switched(got, new Switched(getEndPoint(), early));
    }

    /// Passes on what is held; the head goes with the first content.
    private void pass(boolean last) {
        var current = call;
        if (current == null) {
            return;
        }
        var content = held == null ? BufferUtil.EMPTY_BUFFER : held;
        held = null;
        passed += content.remaining();
        clientBusy = true;
        unwatch();
        if (headPassed) {
            current.listener().content(content, last, contentTaken);
        } else {
            headPassed = true;
            current.listener().head(status, fields, content, last, contentTaken);
        }
    }

    private void complete() {
        var current = call;
        if (current == null) {
            return;
        }
        if (trailers != null) {
            current.listener().trailers(trailers.asImmutable());
        }
        var content = held == null ? BufferUtil.EMPTY_BUFFER : held;
        held = null;
        var buffer = in;
        in = null;
        boolean clean = sent && persistent && (buffer == null || !buffer.hasRemaining());
        boolean first = !headPassed;
        int code = status;
        var answer = fields;
        call = null;
        current.finish();
        unwatch();
        keepOrClose(clean);
        var done = buffer == null ? Callback.NOOP : new Releasing(buffer);
        if (first) {
            current.listener().head(code, answer, content, true, done);
        } else {
            current.listener().content(content, true, done);
        }
    }

    private void keepOrClose(boolean clean) {
        if (clean && usable()) {
            pool.keep(this);
            if (!isFillInterested()) {
                fillInterested();
            }
        } else {
            stopPump();
            close();
        }
    }

    private void fail(Failure failure, String detail) {
        var current = call;
        call = null;
        unwatch();
        stopPump();
        if (!clientBusy) {
            release();
        }
        close();
        if (current != null) {
            current.fail(failure, detail);
        }
    }

    private void abandon() {
        call = null;
        unwatch();
        stopPump();
        if (!clientBusy) {
            release();
        }
        getEndPoint().close(new IOException("given up"));
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

    private void resetAnswer() {
        status = 0;
        headComplete = false;
        headPassed = false;
        persistent = true;
        closeSaid = false;
        held = null;
        incoming = null;
        trailers = null;
        problem = "";
        fields = HttpFields.build();
        event = Event.NONE;
        parser.reset();
        var current = call;
        parser.setHeadResponse(current != null && current.method().equals("HEAD"));
    }

    // ---- time

    private void watch(Duration limit, Failure failure) {
        if (limit.isZero()) {
            deadline = 0;
            return;
        }
        deadline = System.nanoTime() + limit.toNanos();
        if (deadline == 0) {
            deadline = 1;
        }
        deadlineFailure = failure;
        var running = timer;
        if (running != null) {
            if (timerAt - deadline <= 0) {
                return;
            }
            running.cancel();
        }
        schedule(limit.toNanos());
    }

    private void unwatch() {
        deadline = 0;
    }

    private void schedule(long nanos) {
        timerAt = System.nanoTime() + nanos;
        timer = loop.schedule(this::checkDeadline, nanos, TimeUnit.NANOSECONDS);
    }

    private void checkDeadline() {
        timer = null;
        if (call == null || deadline == 0) {
            return;
        }
        long left = deadline - System.nanoTime();
        if (left > 0) {
            schedule(left);
        } else {
            fail(deadlineFailure, problem.isEmpty() ? "time limit" : problem);
        }
    }

    // ---- the parser's events

    @Override
    public void startResponse(HttpVersion version, int code, @Nullable String reason) {
        status = code;
        persistent = version == HttpVersion.HTTP_1_1;
        if (version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0) {
            throw new HttpException.RuntimeException(502, "version " + version);
        }
    }

    @Override
    public void parsedHeader(HttpField field) {
        if (fields.size() >= MAX_FIELDS) {
            throw new HttpException.RuntimeException(502, "more than " + MAX_FIELDS + " fields");
        }
        if (field.getHeader() == HttpHeader.CONNECTION) {
            closeSaid |= field.contains("close");
            persistent = !closeSaid && (persistent || field.contains("keep-alive"));
        }
        fields.add(field);
    }

    @Override
    public boolean headerComplete() {
        event = Event.HEAD;
        headComplete = true;
        return true;
    }

    @Override
    public boolean content(ByteBuffer content) {
        event = Event.CONTENT;
        incoming = content;
        return true;
    }

    @Override
    public boolean contentComplete() {
        return false;
    }

    @Override
    public void parsedTrailer(HttpField field) {
        var known = trailers;
        if (known == null) {
            known = HttpFields.build();
            trailers = known;
        }
        if (known.size() >= MAX_FIELDS) {
            throw new HttpException.RuntimeException(502, "more than " + MAX_FIELDS + " trailers");
        }
        known.add(field);
    }

    @Override
    public boolean messageComplete() {
        event = Event.COMPLETE;
        return true;
    }

    @Override
    public void badMessage(HttpException failure) {
        event = Event.BAD;
        problem = String.valueOf(failure.getReason());
    }

    @Override
    public void earlyEOF() {
        event = Event.BAD;
        problem = "early end";
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
                abandonFor(cause);
            }
        }

        private void abandonFor(Throwable cause) {
            fail(Failure.CLIENT_ABORTED, String.valueOf(cause.getMessage()));
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }

    private record Releasing(RetainableByteBuffer buffer) implements Callback {
        @Override
        public void succeeded() {
            buffer.release();
        }

        @Override
        public void failed(Throwable cause) {
            buffer.release();
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }

    private static final class HandedOver extends IOException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
