package dev.gatehouse.upstream;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.frames.FrameType;
import org.eclipse.jetty.http2.parser.Parser;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.util.BufferUtil;

/// Jetty's parser of frames, which ends header sections of too many pieces: empty ones would never reach the limit of
/// bytes. Confined to its loop.
final class Http2ResponseParser extends Parser {
    /// Four times as many as a header section of the largest size has in full frames.
    private static final int MAX_CONTINUATIONS = 32;

    private int continuations;

    Http2ResponseParser(ByteBufferPool buffers, int maxHeaderBytes) {
        super(buffers, maxHeaderBytes);
    }

    @Override
    protected boolean parseHeader(ByteBuffer buffer) {
        if (!super.parseHeader(buffer)) {
            return false;
        }
        int type = getFrameType();
        if (type == FrameType.HEADERS.getType()) {
            continuations = 0;
        } else if (type == FrameType.CONTINUATION.getType() && ++continuations > MAX_CONTINUATIONS) {
            BufferUtil.clear(buffer);
            notifyConnectionFailure(ErrorCode.ENHANCE_YOUR_CALM_ERROR.code, "too_many_continuations");
            return false;
        }
        return true;
    }
}
