package dev.gatehouse.upstream;

import dev.gatehouse.memory.Budget;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.FlowControlStrategy;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.client.internal.HTTP2ClientSession;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.PrefaceFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;
import org.eclipse.jetty.http2.generator.Generator;
import org.eclipse.jetty.http2.parser.Parser;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.MathUtils;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// An HTTP/2 connection with an upstream (RFC 9113), on Jetty's session: as many calls at a time as both sides allow.
/// Confined to its loop.
final class Http2Connection extends HTTP2Connection {
    /// Calls at a time where the upstream allows more.
    private static final int MAX_STREAMS = 128;

    /// What an upstream may send of an answer before the client took it.
    private static final int STREAM_WINDOW = 128 * 1024;

    /// The same before the client took any, and while memory is short.
    private static final int STREAM_WINDOW_AT_FIRST = 64 * 1024;

    /// Room for all streams: a client that does not read must not hold up the others of its connection.
    private static final int SESSION_WINDOW = MAX_STREAMS * STREAM_WINDOW;

    /// Stream identifiers have 31 bits, every second one is ours (RFC 9113 §5.1.1).
    private static final int MAX_CALLS = 1 << 29;

    private static final int MAX_HEAD_BYTES = 128 * 1024;
    private static final int READ_BYTES = 16 * 1024;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final String WINDOW_OVERFLOW = "flow control window above its maximum";

    private final UpstreamPool pool;
    private final Http2Streams streams;
    private final Opened opened;
    private final Lifetime lifetime;
    private final boolean plain;
    private boolean ready;
    private boolean retired;
    private boolean full;
    private int active;
    private int served;

    /// Who waits for the connection.
    interface Opened {
        /// The upstream speaks HTTP/2: its SETTINGS came.
        void ready(Http2Connection connection);

        /// It does not, or is gone before it said so.
        void failed(String reason);
    }

    /// @param endPoint where HTTP is spoken: the socket, or TLS over it
    /// @param plain whether there is no TLS handshake first
    static Http2Connection make(
            UpstreamPool pool, Http2Streams streams, EndPoint endPoint, boolean plain, Opened opened) {
        var buffers = pool.upstreams().buffers();
        var generator = new WordlessGenerator(buffers);
        generator.getHpackEncoder().setMaxHeaderListSize(MAX_HEAD_BYTES);
        var parser = new Http2ResponseParser(buffers, MAX_HEAD_BYTES);
        var scheduler = pool.upstreams().loops().getScheduler();
        var events = new SessionEvents();
        var session = new Upstream(scheduler, endPoint, parser, generator, events, buffers.budget());
        session.setMaxRemoteStreams(0);
        var made = new Http2Connection(pool, streams, buffers, endPoint, session, plain, opened);
        events.connection = made;
        parser.init(made);
        return made;
    }

    private Http2Connection(
            UpstreamPool pool,
            Http2Streams streams,
            ByteBufferPool buffers,
            EndPoint endPoint,
            HTTP2Session session,
            boolean plain,
            Opened opened) {
        super(buffers, pool.executor(), endPoint, session, READ_BYTES);
        this.pool = pool;
        this.streams = streams;
        this.plain = plain;
        this.opened = opened;
        this.lifetime = new Lifetime(pool.name(), ((InetSocketAddress) endPoint.getRemoteSocketAddress()).getAddress());
        setUseInputDirectByteBuffers(true);
        setUseOutputDirectByteBuffers(true);
    }

    /// Jetty's session with streams of ours.
    private static final class Upstream extends HTTP2ClientSession {
        Upstream(
                Scheduler scheduler,
                EndPoint endPoint,
                Parser parser,
                Generator generator,
                Session.Listener listener,
                Budget budget) {
            super(
                    scheduler,
                    endPoint,
                    parser,
                    generator,
                    listener,
                    new Http2Credit(budget, SESSION_WINDOW, STREAM_WINDOW - STREAM_WINDOW_AT_FIRST));
        }

        @Override
        protected HTTP2Stream newStream(int id, MetaData.Request request, boolean local) {
            return new Http2Stream(this, id, request);
        }

        /// Jetty resets a stream whose window overflows (RFC 9113 §6.9.1) without a word to its listener.
        @Override
        public void onWindowUpdate(WindowUpdateFrame frame) {
            if (getStream(frame.getStreamId()) instanceof Http2Stream stream
                    && overflows(stream, frame.getWindowDelta())) {
                stream.broken(ErrorCode.FLOW_CONTROL_ERROR, WINDOW_OVERFLOW);
            } else {
                super.onWindowUpdate(frame);
            }
        }

        /// RFC 9113 §6.9.2: a new initial window counts for the streams that are open.
        boolean overflows(int initialWindow) {
            int more = initialWindow - ((Http2Credit) getFlowControlStrategy()).getInitialStreamSendWindow();
            return getStreams().stream().anyMatch(stream -> overflows((HTTP2Stream) stream, more));
        }

        private static boolean overflows(HTTP2Stream stream, int more) {
            return MathUtils.sumOverflows(stream.updateSendWindow(0), more);
        }
    }

    /// Jetty notifies the session's listener of failures that it finds by itself.
    private static final class SessionEvents implements Session.Listener {
        private @Nullable Http2Connection connection;

        @Override
        public void onFailure(Session session, Throwable failure, Callback callback) {
            var failed = connection;
            if (failed != null) {
                failed.gone(Causes.message(failure));
            }
            callback.succeeded();
        }
    }

    // ---- the begin

    @Override
    public void onOpen() {
        super.onOpen();
        getEndPoint().setIdleTimeout(IDLE.toMillis());
        if (plain) {
            begin();
            return;
        }
        try {
            getEndPoint().flush(BufferUtil.EMPTY_BUFFER);
            fillInterested();
        } catch (IOException broken) {
            getEndPoint().close(broken);
        }
    }

    /// Sends the preface (RFC 9113 §3.4). Over TLS once the handshake agreed on `h2`.
    void begin() {
        getSession().updateRecvWindow(SESSION_WINDOW - FlowControlStrategy.DEFAULT_WINDOW_SIZE);
        var settings = Map.of(
                SettingsFrame.ENABLE_PUSH, 0,
                SettingsFrame.INITIAL_WINDOW_SIZE, STREAM_WINDOW_AT_FIRST,
                SettingsFrame.MAX_HEADER_LIST_SIZE, MAX_HEAD_BYTES);
        getSession()
                .frames(
                        null,
                        List.of(
                                new PrefaceFrame(),
                                new SettingsFrame(settings, false),
                                new WindowUpdateFrame(0, SESSION_WINDOW - FlowControlStrategy.DEFAULT_WINDOW_SIZE)),
                        Callback.from(this::produce, broken -> getEndPoint().close(broken)));
    }

    /// The upstream's advice about header list sizes is not followed (RFC 9113 §6.5.2 leaves that open): Jetty would
    /// end the connection for a request above it. The upstream refuses those by itself.
    @Override
    public void onSettings(SettingsFrame frame) {
        var initialWindow = frame.getSettings().get(SettingsFrame.INITIAL_WINDOW_SIZE);
        if (initialWindow != null && ((Upstream) getSession()).overflows(initialWindow)) {
            onConnectionFailure(ErrorCode.FLOW_CONTROL_ERROR.code, WINDOW_OVERFLOW);
            return;
        }
        if (frame.getSettings().containsKey(SettingsFrame.MAX_HEADER_LIST_SIZE)) {
            var rest = new HashMap<>(frame.getSettings());
            rest.remove(SettingsFrame.MAX_HEADER_LIST_SIZE);
            super.onSettings(new SettingsFrame(rest, frame.isReply()));
        } else {
            super.onSettings(frame);
        }
        if (!ready && !frame.isReply() && !retired) {
            ready = true;
            opened.ready(this);
        } else {
            streams.roomIn(this);
        }
    }

    // ---- calls

    /// Whether one more call may start.
    boolean hasRoom() {
        int theirs = getSession().getMaxLocalStreams();
        return ready
                && !retired
                && !full
                && served < MAX_CALLS
                && active < (theirs < 0 ? MAX_STREAMS : Math.min(MAX_STREAMS, theirs));
    }

    /// See [Lifetime#lasts].
    boolean lasts(Duration maxAge) {
        return lifetime.lasts(maxAge);
    }

    void start(UpstreamCall call) {
        active++;
        served++;
        new Http2Call(pool, this, call).start();
    }

    /// A call is over, well or not.
    void ended() {
        active--;
        full = false;
        if (retired) {
            closeWhenIdle();
        } else {
            streams.roomIn(this);
        }
    }

    /// The upstream refused a stream though its settings allow it: nothing more before another one has ended.
    void refused() {
        full = active > 1;
        if (!full) {
            retire();
        }
    }

    /// Whether somebody was served here before, so that its end may have crossed the request.
    boolean isKept() {
        return served > 1;
    }

    /// Takes no more calls, and closes when those that run are over.
    void retire() {
        if (!retired) {
            retired = true;
            streams.forget(this);
            closeWhenIdle();
        }
    }

    private void closeWhenIdle() {
        if (active == 0) {
            getSession().close(ErrorCode.NO_ERROR.code, "idle", Callback.NOOP);
        }
    }

    // ---- the end

    /// RFC 9113 §6.8: no new streams; those beyond the last one that it names are retried elsewhere.
    @Override
    public void onGoAway(GoAwayFrame frame) {
        if (!retired) {
            retired = true;
            streams.forget(this);
        }
        super.onGoAway(frame);
    }

    @Override
    public void onConnectionFailure(int error, String reason) {
        gone(reason + " (" + ErrorCode.toString(error, "error " + error) + ")");
        super.onConnectionFailure(error, reason);
    }

    /// Kept connections age out; during a call the call's own limits hold. An upstream that does not close what we
    /// said goodbye to is not waited for.
    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        if (active == 0) {
            if (retired) {
                getEndPoint().close();
            } else {
                retire();
            }
        }
        return false;
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        gone("closed");
        // Who closes the socket under a session does not tell its streams.
        getSession().onWriteFailure(cause == null ? new ClosedChannelException() : cause);
    }

    private void gone(String reason) {
        boolean early = !ready && !retired;
        retired = true;
        streams.forget(this);
        if (early) {
            opened.failed(reason);
        }
    }
}
