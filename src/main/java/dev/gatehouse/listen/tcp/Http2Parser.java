package dev.gatehouse.listen.tcp;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.frames.FrameType;
import org.eclipse.jetty.http2.parser.Parser;
import org.eclipse.jetty.http2.parser.ServerParser;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/// Jetty's parser of frames, that ends header sections of too many pieces and knows while one is incomplete. Confined
/// to its loop.
final class Http2Parser extends ServerParser {
    static final String TOO_MANY_CONTINUATIONS = "too_many_continuations";

    /// A header section of the largest size fits into a few full frames.
    private static final int MAX_CONTINUATIONS = 16;

    private @Nullable Http2Connection connection;
    private int continuations;
    /// The client's preface counts as one: it has to come as well (RFC 9113 §3.4).
    private boolean inHead = true;
    private boolean failed;

    Http2Parser(ByteBufferPool buffers, int maxHeaderBytes, RateControl rateControl) {
        super(buffers, maxHeaderBytes, rateControl);
    }

    @Override
    public void init(Parser.Listener listener) {
        connection = (Http2Connection) listener;
        super.init(listener);
    }

    /// Whether a header section, or the preface, is still incomplete.
    boolean inHead() {
        return inHead;
    }

    /// Told with each header section, and with the client's SETTINGS.
    void headDone() {
        inHead = false;
    }

    @Override
    public void parse(ByteBuffer buffer) {
        if (failed) {
            BufferUtil.clear(buffer);
            return;
        }
        super.parse(buffer);
        Objects.requireNonNull(connection).watchHead();
    }

    /// What comes behind a failure is no frame any more: the rest of the broken one was thrown away.
    @Override
    protected void notifyConnectionFailure(int error, String reason) {
        if (!failed) {
            failed = true;
            super.notifyConnectionFailure(error, reason);
        }
    }

    @Override
    protected boolean parseHeader(ByteBuffer buffer) {
        if (!super.parseHeader(buffer)) {
            return false;
        }
        int type = getFrameType();
        if (type == FrameType.HEADERS.getType()) {
            inHead = true;
            continuations = 0;
        } else if (type == FrameType.CONTINUATION.getType() && ++continuations > MAX_CONTINUATIONS) {
            BufferUtil.clear(buffer);
            notifyConnectionFailure(ErrorCode.ENHANCE_YOUR_CALM_ERROR.code, TOO_MANY_CONTINUATIONS);
            return false;
        }
        return true;
    }
}
