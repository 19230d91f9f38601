package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.ClientConnection;
import java.util.HashMap;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerConnection;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerSession;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Jetty's HTTP/2 connection, giving each stream to an exchange of ours. Confined to its loop.
final class Http2Connection extends HTTP2ServerConnection {
    /// What an answer's head may take at first (RFC 7541 §4.1 says how it is counted).
    static final int HEAD_BYTES = 4096;

    private static final int FIELD_OVERHEAD = 32;

    /// The largest content of a frame where the client allows no more (RFC 9113 §4.2).
    private static final int FRAME_BYTES = 1 << 14;

    private static final int ACKNOWLEDGED_BYTES = 2 * 1024;

    /// As many full frames as fit into the window of a stream.
    private static final int FRAMES_UNDER_WAY = H2cFactory.STREAM_WINDOW / FRAME_BYTES;
    private static final int STATUS_SIZE = 64;

    /// A priority and a change of it.
    private static final int FRAMES_PER_REQUEST = 2;

    private final Front front;
    private final ClientConnection client;
    private final FloodPolicy policy;

    Http2Connection(
            Connector connector,
            EndPoint endPoint,
            HttpConfiguration configuration,
            HTTP2ServerSession session,
            ServerSessionListener listener,
            Front front,
            ClientConnection client,
            FloodPolicy policy) {
        super(connector, endPoint, configuration, session, listener);
        this.front = front;
        this.client = client;
        this.policy = policy;
        setRecycleHttpChannels(false);
    }

    Front front() {
        return front;
    }

    ClientConnection client() {
        return client;
    }

    @Override
    public void onNewStream(HTTP2Stream stream, HeadersFrame frame) {
        var exchange = new Http2Exchange(this, stream, frame);
        stream.setAttachment(exchange);
        policy.earn(FRAMES_PER_REQUEST);
        offerTask(exchange::handle, false);
    }

    /// A stream that failed before or while it was an exchange.
    @Override
    public void onStreamFailure(Stream stream, Throwable failure, Callback callback) {
        if (stream instanceof HTTP2Stream known && known.getAttachment() instanceof Http2Exchange exchange) {
            exchange.onFailure(failure, callback).run();
        } else {
            // The head was malformed: a stream error (RFC 9113 §8.1.1). It counts as the client's doing.
            stream.reset(new ResetFrame(stream.getId(), ErrorCode.PROTOCOL_ERROR.code), callback);
        }
    }

    /// Jetty counts these only for streams that are closed. However small the room, it is work for who waits for it.
    @Override
    public void onWindowUpdate(WindowUpdateFrame frame) {
        if (isAwaited(frame.getStreamId()) || policy.onEvent(frame)) {
            policy.free(() -> super.onWindowUpdate(frame));
        } else {
            onConnectionFailure(ErrorCode.ENHANCE_YOUR_CALM_ERROR.code, "invalid_window_update_frame_rate");
        }
    }

    private boolean isAwaited(int id) {
        if (id != 0) {
            return isWriting(getSession().getStream(id));
        }
        for (var stream : getSession().getStreams()) {
            if (isWriting(stream)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWriting(@Nullable Stream stream) {
        return stream instanceof HTTP2Stream known
                && known.getAttachment() instanceof Http2Exchange exchange
                && exchange.writing();
    }

    /// The client's advice about header list sizes is not followed (RFC 9113 §6.5.2 leaves that open): Jetty would end
    /// the connection for an answer above it, and it makes a buffer of that size for each answer.
    @Override
    public void onSettings(SettingsFrame frame) {
        if (!frame.isReply() && frame.getSettings().containsKey(SettingsFrame.MAX_HEADER_LIST_SIZE)) {
            var rest = new HashMap<>(frame.getSettings());
            rest.remove(SettingsFrame.MAX_HEADER_LIST_SIZE);
            super.onSettings(new SettingsFrame(rest, false));
        } else {
            super.onSettings(frame);
        }
    }

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

    /// Content is on its way to the client, which acknowledges it in pieces, once for the stream and once for the
    /// connection; some do so every 4 KiB.
    void contentSent(int bytes) {
        policy.earn(2 + bytes / ACKNOWLEDGED_BYTES);
    }

    /// Resets a stream; it does not count against the client, nor does what the client has under way on it.
    void reset(HTTP2Stream stream, ErrorCode code) {
        policy.earn(FRAMES_UNDER_WAY);
        policy.free(() -> stream.reset(new ResetFrame(stream.getId(), code.code), Callback.NOOP));
    }
}
