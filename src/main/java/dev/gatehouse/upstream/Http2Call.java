package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One call on a stream of its own (RFC 9113 §8.1). Confined to its loop.
///
/// Content is read from the stream only when the client has taken the last piece, so that the stream's window closes
/// under a client that does not read.
final class Http2Call implements Stream.Listener, BodyPump.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Call.class);
    private static final int MAX_INTERIM = 100;
    private static final String DIFFERENT_LENGTHS = "content and content-length differ";
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
    private @Nullable Http2Piece passing;
    private long bytesBefore;

    Http2Call(UpstreamPool pool, Http2Connection connection, UpstreamCall call) {
        this.pool = pool;
        this.connection = connection;
        this.call = call;
        this.deadlines = new Deadlines(pool.loop(), this::fail);
    }

    void start() {
        bytesBefore = connection.getBytesIn();
        call.onCancel(this::close);
        call.phase(Phase.REQUEST);
        call.received(Protocol.HTTP_2);
        boolean hasBody = call.contentLength() != 0;
        sent = !hasBody;
        if (!hasBody) {
            headDue();
        }
        var head = new HeadersFrame(Http2Head.of(call, pool.upstream()), null, !hasBody);
        connection.getSession().newStream(head, Promise.from(this::opened, this::notOpened), this);
    }

    private void headDue() {
        deadlines.answerWithin(call.timeouts().upstreamResponseHeader(), Failure.RESPONSE_TIMEOUT, "no answer in time");
    }

    // ---- the request

    private void opened(Stream made) {
        var its = (Http2Stream) made;
        stream = its;
        its.whenBroken(this::broken);
        if (call.over()) {
            its.leave(sent);
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
        var section = frame.getMetaData();
        if (!(section instanceof MetaData.Response head)) {
            trailers(section.getHttpFields());
            return;
        }
        var problem = ResponseHeadCheck.problem(head.getStatus(), head.getHttpFields());
        if (status != 0) {
            fail(Failure.RESPONSE_TRUNCATED, "a second head");
        } else if (problem != null) {
            fail(Failure.RESPONSE_HEAD_INVALID, problem);
        } else if (head.getStatus() < 200) {
            interim(head, frame.isEndStream());
        } else {
            head(head);
        }
    }

    private void trailers(HttpFields fields) {
        var problem = ResponseHeadCheck.problem(fields);
        if (status == 0 || problem != null) {
            fail(
                    status == 0 ? Failure.RESPONSE_HEAD_INVALID : Failure.RESPONSE_TRUNCATED,
                    problem == null ? "trailers without a head" : problem);
            return;
        }
        trailers = fields;
        pool.loop().execute(this::process);
    }

    /// RFC 9113 §8.1: any number of these may come first. There is no 101 (§8.6).
    private void interim(MetaData.Response head, boolean last) {
        int code = head.getStatus();
        if (last || code == 101 || ++interims > MAX_INTERIM) {
            fail(Failure.RESPONSE_HEAD_INVALID, "interim response " + code + ", the " + interims + "th");
            return;
        }
        var running = pump;
        if (code == 100 && running != null) {
            running.go();
        }
        if (sent) {
            headDue();
        }
        try {
            call.listener().interim(code, head.getHttpFields());
        } catch (RuntimeException | Error bug) {
            bug(bug);
        }
    }

    private void head(MetaData.Response head) {
        status = head.getStatus();
        fields = head.getHttpFields();
        long length = ResponseHeadCheck.contentLength(fields);
        if (length == ResponseHeadCheck.INVALID) {
            fail(Failure.RESPONSE_FRAMING, "an invalid content-length");
            return;
        }
        boolean none = ResponseHeadCheck.hasNoContent(call.method(), status);
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
        } catch (RuntimeException | Error bug) {
            bug(bug);
        } finally {
            processing = false;
        }
    }

    /// Whoever takes the response did not: what was handed over comes back here.
    private void bug(Throwable cause) {
        LOG.error("passing a response on failed", cause);
        var untaken = passing;
        if (untaken != null) {
            untaken.release();
        }
        if (call.over()) {
            call.listener().failed(Failure.BUG, cause.toString());
        } else {
            fail(Failure.BUG, cause.toString());
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
                pass(BufferUtil.EMPTY_BUFFER, null);
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
            broken(DIFFERENT_LENGTHS);
        } else if (last) {
            complete(content, data);
        } else if (content.hasRemaining()) {
            pass(content, data);
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
    ///
    /// @param data where the content lies; null for none
    private void pass(ByteBuffer content, Stream.@Nullable Data data) {
        clientBusy = true;
        deadlines.noAnswerDue();
        hand(content, false, new Http2Piece(this, data, false));
    }

    private void complete(ByteBuffer content, Stream.Data data) {
        var taken = new Http2Piece(this, data, true);
        var behind = trailers;
        if (behind != null) {
            passing = taken;
            call.listener().trailers(behind);
            if (call.over()) {
                taken.release();
                return;
            }
        }
        call.finish();
        close();
        hand(content, true, taken);
    }

    private void hand(ByteBuffer content, boolean last, Http2Piece taken) {
        passing = taken;
        if (headPassed) {
            call.listener().content(content, last, taken);
        } else {
            headPassed = true;
            call.listener().head(status, fields, content, last, taken);
        }
        passing = null;
    }

    /// The client has taken what was passed on.
    void taken() {
        clientBusy = false;
        process();
    }

    /// The client takes no more.
    void refused(Throwable cause) {
        clientBusy = false;
        fail(Failure.CLIENT_ABORTED, String.valueOf(cause.getMessage()));
    }

    // ---- the end

    /// RFC 9113 §8.1: a reset behind the whole answer only says that the rest of the request is not wanted.
    @Override
    public void onReset(Stream from, ResetFrame frame, Callback callback) {
        callback.succeeded();
        if (((Http2Stream) from).isResponseWhole()) {
            sent = true;
            stopPump();
            return;
        }
        int code = frame.getError();
        var said = "reset by the upstream: " + ErrorCode.toString(code, "error " + code);
        if (code == ErrorCode.REFUSED_STREAM_ERROR.code && status == 0) {
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
            case HpackException.StreamException bad -> {
                // Jetty does not tell the upstream, which would wait for windows.
                from.reset(new ResetFrame(from.getId(), ErrorCode.PROTOCOL_ERROR.code), Callback.NOOP);
                fail(Failure.RESPONSE_HEAD_INVALID, Causes.message(bad));
            }
            default -> fail(lost(), Causes.message(failure));
        }
    }

    /// What came is no response.
    private void broken(String detail) {
        fail(headPassed ? Failure.RESPONSE_TRUNCATED : Failure.RESPONSE_FRAMING, detail);
    }

    private Failure lost() {
        if (status != 0) {
            return Failure.RESPONSE_TRUNCATED;
        }
        return connection.isKept() && interims == 0 ? Failure.CONNECTION_STALE : Failure.CONNECTION_LOST;
    }

    private void fail(Failure failure, String detail) {
        if (!call.over()) {
            if (failure == Failure.UPSTREAM_IDLE || (failure == Failure.RESPONSE_TIMEOUT && isConnectionSilent())) {
                connection.retire();
            }
            close();
            call.fail(failure, detail);
        }
    }

    /// Whether nothing came since the call began, for nobody: the connection may lead nowhere.
    private boolean isConnectionSilent() {
        return connection.getBytesIn() == bytesBefore;
    }

    /// The one end of a call, however it ends.
    private void close() {
        if (ended) {
            return;
        }
        ended = true;
        deadlines.stop();
        stopPump();
        var mine = stream;
        if (mine != null) {
            mine.leave(sent);
        }
        connection.ended();
    }

    private void stopPump() {
        var running = pump;
        pump = null;
        if (running != null) {
            running.stop();
        }
    }
}
