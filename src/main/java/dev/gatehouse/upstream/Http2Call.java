package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.RetryableStreamException;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/// One call on a stream of its own (RFC 9113 §8.1). Confined to its loop.
///
/// Content is read from the stream only when the client has taken the last piece, so that the stream's window closes
/// under a client that does not read.
final class Http2Call implements Stream.Listener, BodyPump.Owner {
    private static final int MAX_INTERIM = 100;
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Duration HOLD = Duration.ofSeconds(1);

    private final Http2Connection connection;
    private final UpstreamCall call;
    private final Deadlines deadlines;
    private final UpstreamPool pool;
    private @Nullable Http2Stream stream;
    private @Nullable BodyPump pump;
    private boolean ended;
    private boolean sent;

    private int status;
    private HttpFields fields = HttpFields.EMPTY;
    private @Nullable HttpFields trailers;
    /// Whether `left` says how much content is still to come.
    private boolean counted;

    private long left;
    private int interims;
    private boolean headPassed;
    private boolean clientBusy;
    private boolean processing;

    Http2Call(UpstreamPool pool, Http2Connection connection, UpstreamCall call) {
        this.pool = pool;
        this.connection = connection;
        this.call = call;
        this.deadlines = new Deadlines(pool.loop(), this::fail);
    }

    void start() {
        call.onCancel(this::abandon);
        call.phase(Phase.REQUEST);
        boolean hasBody = call.contentLength() != 0;
        sent = !hasBody;
        if (!hasBody) {
            headDue();
        }
        var head = new HeadersFrame(request(), null, !hasBody);
        connection.getSession().newStream(head, Promise.from(this::opened, this::notOpened), this);
    }

    /// RFC 9113 §8.3.1: what HTTP/1.1 says in its request line and Host is said in pseudo fields.
    private MetaData.Request request() {
        var out = HttpFields.build(call.fields().size());
        String authority = null;
        for (HttpField field : call.fields()) {
            switch (field.getHeader()) {
                case HOST -> authority = field.getValue();
                case CONTENT_LENGTH, TRANSFER_ENCODING -> {}
                case null, default -> out.add(field);
            }
        }
        boolean unsaid = call.contentLength() == 0 && !RequestWriter.saysThatThereIsNone(call.method());
        var scheme = pool.upstream().tls() ? HttpScheme.HTTPS : HttpScheme.HTTP;
        return new MetaData.Request(
                call.method(),
                scheme.asString(),
                new HostPortHttpField(authority == null ? pool.upstream().authority() : authority),
                call.target(),
                HttpVersion.HTTP_2,
                out,
                unsaid ? -1 : call.contentLength());
    }

    private void headDue() {
        deadlines.answerWithin(call.timeouts().upstreamResponseHeader(), Failure.RESPONSE_TIMEOUT, "no answer in time");
    }

    // ---- the request

    private void opened(Stream made) {
        var its = (Http2Stream) made;
        stream = its;
        its.whenReset(this::resetByUs);
        if (call.over()) {
            reset(its);
        } else if (sent) {
            headSent();
        } else {
            var body = new Http2Body(this, call, its);
            pump = body;
            body.start(call.holdBody());
            if (call.holdBody()) {
                pool.loop().schedule(this::endHolding, HOLD.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void headSent() {
        if (call.phase() == Phase.REQUEST) {
            call.phase(Phase.RESPONSE_HEADER);
        }
    }

    private void notOpened(Throwable cause) {
        if (cause instanceof IllegalStateException) { // one stream too many: the upstream has lowered its limit
            fail(Failure.STREAM_REFUSED, Causes.message(cause));
        } else {
            fail(lost(), Causes.message(cause));
        }
    }

    /// Upstreams that do not know 100-continue must not make the client wait for ever (RFC 9110 §10.1.1).
    private void endHolding() {
        var running = pump;
        if (running != null && !call.over() && running.go()) {
            call.listener().interim(100, HttpFields.EMPTY);
        }
    }

    @Override
    public void bodyWriting() {
        deadlines.takeWithin(call.timeouts().upstreamRead());
    }

    @Override
    public void bodyWritten() {
        deadlines.taken();
    }

    @Override
    public void bodySent() {
        sent = true;
        pump = null;
        if (call.over()) {
            return;
        }
        if (status == 0) {
            headSent();
            headDue();
        } else if (!clientBusy) {
            moreDue();
        }
    }

    @Override
    public void bodyFailed(Failure failure, String detail) {
        fail(failure, detail);
    }

    @Override
    public void writeFailed(Throwable cause) {
        pump = null;
        deadlines.taken();
        if (!call.over() && status == 0) {
            deadlines.answerWithin(LAST_WORDS, lost(), Causes.message(cause));
        }
    }

    // ---- the answer

    @Override
    public void onHeaders(Stream from, HeadersFrame frame) {
        if (call.over()) {
            return;
        }
        if (!(frame.getMetaData() instanceof MetaData.Response head)) {
            var behind = frame.getMetaData().getHttpFields();
            if (status == 0 || !AnswerFields.areClean(behind)) {
                fail(status == 0 ? Failure.RESPONSE_HEAD_INVALID : Failure.RESPONSE_TRUNCATED, "invalid trailers");
                return;
            }
            trailers = behind;
            pool.loop().execute(this::process);
        } else if (status != 0) {
            fail(Failure.RESPONSE_TRUNCATED, "a second head");
        } else if (!AnswerFields.areClean(head.getHttpFields())) {
            fail(Failure.RESPONSE_HEAD_INVALID, "a field with characters that may not be there");
        } else if (head.getStatus() < 200) {
            interim(head, frame.isEndStream());
        } else {
            head(head);
        }
    }

    /// RFC 9113 §8.1: any number of these may come first. There is no 101 (§8.6).
    private void interim(MetaData.Response head, boolean last) {
        int code = head.getStatus();
        if (last || code < 100 || code == 101 || ++interims > MAX_INTERIM) {
            fail(Failure.RESPONSE_HEAD_INVALID, "interim answer " + code + ", the " + interims + "th");
            return;
        }
        var running = pump;
        if (code == 100 && running != null) {
            running.go();
        }
        if (sent) {
            headDue();
        }
        call.listener().interim(code, head.getHttpFields());
    }

    private void head(MetaData.Response head) {
        status = head.getStatus();
        fields = head.getHttpFields();
        long length = AnswerFields.contentLength(fields);
        if (length == AnswerFields.INVALID) {
            fail(Failure.RESPONSE_FRAMING, "an invalid content-length");
            return;
        }
        boolean none = AnswerFields.hasNoContent(call.method(), status);
        counted = none || length >= 0;
        left = none ? 0 : length;
        call.phase(Phase.RESPONSE_BODY);
        deadlines.noAnswerDue();
        // Behind what else was read with it, so that a small answer goes on in one piece.
        pool.loop().execute(this::process);
    }

    @Override
    public void onDataAvailable(Stream from) {
        process();
    }

    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            while (!call.over() && status != 0 && !clientBusy && step()) {
                // Each step passes one piece on.
            }
        } finally {
            processing = false;
        }
    }

    /// @return whether there may be more to do at once
    private boolean step() {
        var from = stream;
        if (from == null) {
            return false;
        }
        var data = from.readData();
        if (data == null) {
            if (!headPassed) {
                pass(BufferUtil.EMPTY_BUFFER, contentTaken(null));
                return true;
            }
            moreDue();
            from.demand();
            return false;
        }
        var content = data.frame().getByteBuffer();
        boolean last = data.frame().isEndStream();
        left -= content.remaining();
        if (counted && (left < 0 || (last && left > 0))) {
            data.release();
            fail(broken(), "content and content-length differ");
        } else if (last) {
            complete(content, data);
        } else if (content.hasRemaining()) {
            pass(content, contentTaken(data));
        } else {
            data.release();
        }
        return true;
    }

    /// While the request is still being sent, other limits hold: the upstream may be waiting for the client.
    private void moreDue() {
        if (pump == null && status != 0) {
            deadlines.answerWithin(call.silence(), Failure.UPSTREAM_IDLE, "silence within the answer");
        }
    }

    /// The head goes with the first content.
    private void pass(ByteBuffer content, Callback taken) {
        clientBusy = true;
        deadlines.noAnswerDue();
        if (headPassed) {
            call.listener().content(content, false, taken);
        } else {
            headPassed = true;
            call.listener().head(status, fields, content, false, taken);
        }
    }

    private void complete(ByteBuffer content, Stream.Data data) {
        var behind = trailers;
        if (behind != null) {
            call.listener().trailers(behind);
            if (call.over()) {
                data.release();
                return;
            }
        }
        call.finish();
        close();
        var done = Callback.from(Invocable.InvocationType.NON_BLOCKING, data::release, _ -> data.release());
        if (headPassed) {
            call.listener().content(content, true, done);
        } else {
            call.listener().head(status, fields, content, true, done);
        }
    }

    /// @param data to give back; null for none
    private Callback contentTaken(Stream.@Nullable Data data) {
        return new Callback() {
            @Override
            public void succeeded() {
                release();
                clientBusy = false;
                process();
            }

            @Override
            public void failed(Throwable cause) {
                release();
                clientBusy = false;
                fail(Failure.CLIENT_ABORTED, String.valueOf(cause.getMessage()));
            }

            private void release() {
                if (data != null) {
                    data.release();
                }
            }

            @Override
            public InvocationType getInvocationType() {
                return InvocationType.NON_BLOCKING;
            }
        };
    }

    // ---- the end

    /// RFC 9113 §8.1: a reset behind the whole answer only says that the rest of the request is not wanted.
    @Override
    public void onReset(Stream from, ResetFrame frame, Callback callback) {
        callback.succeeded();
        if (((Http2Stream) from).isAnswerWhole()) {
            sent = true;
            stopPump();
            return;
        }
        int code = frame.getError();
        var said = "reset by the upstream: " + ErrorCode.toString(code, "error " + code);
        if (code == ErrorCode.REFUSED_STREAM_ERROR.code) {
            connection.refused();
            fail(Failure.STREAM_REFUSED, said);
        } else if (code == ErrorCode.HTTP_1_1_REQUIRED_ERROR.code) {
            fail(lost(), said + " (force_http2_upstream is set)");
        } else {
            fail(lost(), said);
        }
    }

    @Override
    public void onFailure(Stream from, int error, String reason, Throwable failure, Callback callback) {
        callback.succeeded();
        switch (failure) {
            case RetryableStreamException _ -> fail(Failure.STREAM_REFUSED, "the upstream ended the connection before");
            case HpackException.StreamException bad -> fail(Failure.RESPONSE_HEAD_INVALID, Causes.message(bad));
            default -> fail(lost(), Causes.message(failure));
        }
    }

    /// Jetty found that the content does not add up.
    private void resetByUs() {
        fail(broken(), "content and content-length differ");
    }

    private Failure broken() {
        return headPassed ? Failure.RESPONSE_TRUNCATED : Failure.RESPONSE_FRAMING;
    }

    private Failure lost() {
        if (status != 0) {
            return Failure.RESPONSE_TRUNCATED;
        }
        return connection.isKept() && interims == 0 ? Failure.CONNECTION_STALE : Failure.CONNECTION_LOST;
    }

    private void fail(Failure failure, String detail) {
        if (!call.over()) {
            close();
            call.fail(failure, detail);
        }
    }

    private void abandon() {
        close();
    }

    /// What has not ended by itself is reset: an answer that came before the end of the request, too.
    private void close() {
        if (ended) {
            return;
        }
        ended = true;
        deadlines.stop();
        stopPump();
        var its = stream;
        if (its != null && !its.isClosed() && !(sent && its.isAnswerWhole())) {
            reset(its);
        }
        connection.ended();
    }

    private static void reset(Http2Stream its) {
        its.whenReset(() -> {});
        its.reset(new ResetFrame(its.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
    }

    private void stopPump() {
        var running = pump;
        pump = null;
        if (running != null) {
            running.stop();
        }
    }
}
