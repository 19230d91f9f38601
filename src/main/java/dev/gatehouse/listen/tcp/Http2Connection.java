package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.loop.Loop;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerConnection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Jetty's HTTP/2 connection, giving each stream to an exchange of ours. Confined to its loop.
final class Http2Connection extends HTTP2ServerConnection implements Draining {
    /// What an answer's head may take at first (RFC 7541 §4.1 says how it is counted).
    static final int HEAD_BYTES = 4096;

    private static final int FIELD_OVERHEAD = 32;

    /// As many full frames (RFC 9113 §4.2) as fit into the window of a stream.
    private static final int FRAMES_UNDER_WAY = H2cFactory.STREAM_WINDOW / (1 << 14);
    private static final int STATUS_SIZE = 64;

    /// Frames that wait for a client to read take about 1 MiB of memory.
    private static final int MOST_QUEUED = 8192;

    /// How long a client may take to close after us.
    private static final long LAST_WORDS_MILLIS = 1000;

    /// A priority and a change of it.
    private static final int FRAMES_PER_REQUEST = 2;

    private final Front front;
    private final ClientConnection client;
    private final FloodPolicy policy;
    private final Http2Faults faults;
    private final Loop loop = Loop.require();
    private final HeadWatch headWatch;
    private boolean begun;
    private boolean draining;
    private boolean goodbye;
    private boolean lingering;

    Http2Connection(
            Connector connector,
            EndPoint endPoint,
            HttpConfiguration configuration,
            Http2Session session,
            ServerSessionListener listener,
            Front front,
            ClientConnection client,
            FloodPolicy policy,
            Http2Faults faults) {
        super(connector, endPoint, configuration, session, listener);
        this.front = front;
        this.client = client;
        this.policy = policy;
        this.faults = faults;
        this.headWatch = new HeadWatch(
                loop,
                front.timeouts(),
                this::memoryIsShort,
                this::getBytesIn,
                session.traffic()::takeWhatCame,
                this::headTooSlow);
        setRecycleHttpChannels(false);
    }

    Front front() {
        return front;
    }

    ClientConnection client() {
        return client;
    }

    Traffic traffic() {
        return session().traffic();
    }

    boolean memoryIsShort() {
        return ((FrontConnector) getConnector()).memoryIsShort();
    }

    RequestsUnderWay underWay() {
        return ((FrontConnector) getConnector()).underWay();
    }

    Http2Session session() {
        return (Http2Session) getSession();
    }

    private Http2Parser parser() {
        return (Http2Parser) getSession().getParser();
    }

    // ---- requests

    @Override
    public void onHeaders(HeadersFrame frame) {
        parser().headDone();
        if (frame.getMetaData() instanceof MetaData.ConnectRequest connect && connect.getProtocol() != null) {
            // Not offered (RFC 8441 §3); Jetty resets the stream.
            faults.refused("h2.connect", "CONNECT for a protocol");
        }
        super.onHeaders(asRequest(frame));
    }

    /// A head that failed before its first pseudo field would pass for trailers of no stream, and end the connection.
    private HeadersFrame asRequest(HeadersFrame frame) {
        var failure = MetaData.Failed.getFailure(frame.getMetaData());
        int id = frame.getStreamId();
        if (failure == null || getSession().getStream(id) != null) {
            return frame;
        }
        var request = MetaData.Failed.newFailedMetaDataRequest(HttpVersion.HTTP_2, failure);
        return new HeadersFrame(id, request, frame.getPriority(), frame.isEndStream());
    }

    @Override
    public void onNewStream(HTTP2Stream stream, HeadersFrame frame) {
        var ours = (Http2Stream) stream;
        var exchange = new Http2Exchange(this, ours, frame);
        ours.exchange(exchange);
        stream.setAttachment(exchange);
        policy.earn(FRAMES_PER_REQUEST);
        offerTask(exchange::handle, false);
    }

    /// A stream that failed before or while it was an exchange.
    @Override
    public void onStreamFailure(Stream stream, Throwable failure, Callback callback) {
        var exchange = ((Http2Stream) stream).exchange();
        if (exchange != null) {
            exchange.onFailure(failure, callback).run();
        } else {
            faults.refused("h2.malformed", String.valueOf(failure.getMessage()));
            refuse((Http2Stream) stream, callback);
        }
    }

    /// Header sections that do not end must not wait for ever.
    void watchHead() {
        if (!parser().inHead()) {
            headWatch.stop();
        } else if (!headWatch.isRunning()) {
            headWatch.start();
        }
    }

    private void headTooSlow() {
        if (parser().inHead()) {
            onConnectionFailure(ErrorCode.ENHANCE_YOUR_CALM_ERROR.code, "slow_header");
        }
    }

    // ---- frames of the connection

    /// The client's advice about header list sizes is not followed (RFC 9113 §6.5.2 leaves that open): Jetty would end
    /// the connection for an answer above it, and it makes a buffer of that size for each answer.
    @Override
    public void onSettings(SettingsFrame frame) {
        if (frame.isReply()) {
            super.onSettings(frame);
            return;
        }
        parser().headDone();
        // Jetty set it to what we advise; heads above that are answered 431, those far above it end the connection.
        parser().getHpackDecoder().setMaxHeaderListSize(HeadCheck.mostBytes(front.limits()));
        if (frame.getSettings().containsKey(SettingsFrame.MAX_HEADER_LIST_SIZE)) {
            var rest = new HashMap<>(frame.getSettings());
            rest.remove(SettingsFrame.MAX_HEADER_LIST_SIZE);
            super.onSettings(new SettingsFrame(rest, false));
        } else {
            super.onSettings(frame);
        }
        limitQueue();
        begun = true;
        if (draining || ((FrontConnector) getConnector()).draining()) {
            sayGoodbye();
        }
    }

    @Override
    public void onPing(PingFrame frame) {
        super.onPing(frame);
        limitQueue();
    }

    @Override
    public void onReset(ResetFrame frame) {
        super.onReset(frame);
        limitQueue();
    }

    /// Jetty counts only those that are wrong. However small the room, it is work for who waits for it.
    @Override
    public void onWindowUpdate(WindowUpdateFrame frame) {
        boolean known = frame.getStreamId() == 0 || getSession().getStream(frame.getStreamId()) != null;
        if (known && !session().isWriting(frame.getStreamId()) && !policy.onEvent(frame)) {
            onConnectionFailure(ErrorCode.ENHANCE_YOUR_CALM_ERROR.code, "window_update_rate");
        } else {
            super.onWindowUpdate(frame);
        }
    }

    /// A client that asks for answers and never reads any.
    private void limitQueue() {
        if (getSession().getFrameQueueSize() > MOST_QUEUED) {
            faults.closing("h2.write_queue", "client does not read");
            getEndPoint().close(new IOException("client does not read"));
        }
    }

    @Override
    public void onConnectionFailure(int error, String reason) {
        // RFC 9113 §4.3: what the decoder cannot read, or takes for too much, is a COMPRESSION_ERROR.
        boolean compression = reason.equals("invalid_hpack_block");
        super.onConnectionFailure(compression ? ErrorCode.COMPRESSION_ERROR.code : error, reason);
    }

    @Override
    public void onSessionFailure(Throwable failure, Callback callback) {
        var known = String.valueOf(failure.getMessage());
        var token = failure.getClass() == IOException.class ? Http2Faults.token(known) : null;
        if (token != null) {
            faults.closing(token, known);
        }
        super.onSessionFailure(failure, callback);
    }

    // ---- the end

    @Override
    public void onOpen() {
        super.onOpen();
        if (!client.secure()) {
            watchHead();
        }
        if (((FrontConnector) getConnector()).draining()) {
            drain();
        }
    }

    /// Exchanges have limits of their own, of which some are longer. Jetty would end them with a connection of which
    /// either side has said goodbye.
    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        return !session().isServing() && super.onIdleExpired(timeout);
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        headWatch.stop();
        super.onClose(cause);
        // Who closes the socket under a session does not tell its streams.
        getSession().onWriteFailure(cause == null ? new ClosedChannelException() : cause);
    }

    @Override
    public void drain() {
        if (!draining) {
            draining = true;
            if (begun) {
                sayGoodbye();
            } else {
                loop.schedule(this::closeUnlessBegun, FIRST_REQUEST.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void closeUnlessBegun() {
        if (!begun) {
            getEndPoint().close();
        }
    }

    /// RFC 9113 §6.8: says that there will be an end, gives what is on its way the time to come, and says then which
    /// stream was the last.
    private void sayGoodbye() {
        if (!goodbye) {
            goodbye = true;
            getSession().frames(null, List.of(GoAwayFrame.GRACEFUL), Callback.NOOP);
            loop.schedule(this::endWhenEmpty, NEXT_REQUEST.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void endWhenEmpty() {
        if (getEndPoint().isOpen()) {
            getSession().goAway(GoAwayFrame.GRACEFUL, Callback.NOOP);
            session().whenEmpty(() -> loop.execute(this::linger));
        }
    }

    /// Waits a moment for the client to close, and throws away what it still sends, so that no reset destroys our
    /// GOAWAY on its way. Our side stays open: a TLS engine that said its last would not read either.
    void linger() {
        var end = getEndPoint();
        if (lingering || session().isWriting() || end.isInputShutdown()) {
            end.close();
            return;
        }
        lingering = true;
        loop.schedule(end::close, LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
        // Jetty may be about to wait for more itself.
        loop.execute(this::awaitEnd);
    }

    private void awaitEnd() {
        if (getEndPoint().isOpen() && !isFillInterested()) {
            fillInterested();
        }
    }

    @Override
    public void onFillable() {
        if (lingering) {
            throwAway();
        } else {
            super.onFillable();
        }
    }

    private void throwAway() {
        var buffer = getConnector()
                .getByteBufferPool()
                .acquire(getHttpConfiguration().getInputBufferSize(), true);
        try {
            if (getEndPoint().fill(buffer.getByteBuffer()) < 0) {
                getEndPoint().close();
            } else {
                awaitEnd();
            }
        } catch (IOException gone) {
            getEndPoint().close();
        } finally {
            buffer.release();
        }
    }

    // ---- answers

    /// Makes sure that Jetty takes large enough a buffer for the head of an answer: it takes the largest that is
    /// allowed, so that begins small and grows.
    void headRoom(HttpFields fields) {
        int size = 0;
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.getField(i);
            var value = field.getValue();
            size += field.getName().length() + (value == null ? 0 : value.length()) + FIELD_OVERHEAD;
        }
        var encoder = getSession().getGenerator().getHpackEncoder();
        if (size + STATUS_SIZE > encoder.getMaxHeaderListSize()) {
            encoder.setMaxHeaderListSize(Integer.highestOneBit(size + STATUS_SIZE) * 2);
        }
    }

    /// Resets a stream; it does not count against the client, nor does what the client has under way on it.
    void reset(Http2Stream stream, ErrorCode code) {
        policy.earn(FRAMES_UNDER_WAY);
        policy.free(() -> stream.reset(new ResetFrame(stream.getId(), code.code), Callback.NOOP));
    }

    /// Resets a stream whose request is malformed (RFC 9113 §8.1.1). It counts as the client's doing.
    void refuse(Http2Stream stream) {
        refuse(stream, Callback.NOOP);
    }

    private static void refuse(Http2Stream stream, Callback callback) {
        stream.reset(new ResetFrame(stream.getId(), ErrorCode.PROTOCOL_ERROR.code), callback);
    }
}
