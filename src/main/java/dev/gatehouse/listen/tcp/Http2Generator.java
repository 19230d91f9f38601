package dev.gatehouse.listen.tcp;

import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.generator.Generator;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;

/// Jetty's writer of frames, that counts what the client will acknowledge. Confined to its loop.
final class Http2Generator extends Generator {
    /// Updates of two windows, of the stream and of the connection, and a ping.
    private static final int FRAMES_IN_RETURN = 3;

    private final FloodPolicy policy;

    Http2Generator(ByteBufferPool buffers, FloodPolicy policy) {
        super(buffers, true, 0);
        this.policy = policy;
    }

    /// Jetty gives the text of an exception as the reason; nobody is to see our insides (RFC 9113 §6.8).
    @Override
    public int control(RetainableByteBuffer.Mutable accumulator, Frame frame) throws HpackException {
        return super.control(accumulator, frame instanceof GoAwayFrame goAway ? inOurWords(goAway) : frame);
    }

    static GoAwayFrame inOurWords(GoAwayFrame frame) {
        byte[] reason = frame.getPayload();
        if (reason == null || isWord(reason)) {
            return frame;
        }
        var name = ErrorCode.toString(frame.getError(), "error").getBytes(StandardCharsets.US_ASCII);
        return new GoAwayFrame(frame.getLastStreamId(), frame.getError(), name);
    }

    /// Jetty's own reasons are words such as `idle_timeout`.
    private static boolean isWord(byte[] reason) {
        for (byte b : reason) {
            if (b != '_' && (b < 'a' || b > 'z')) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int data(RetainableByteBuffer.Mutable accumulator, DataFrame frame, int maxLength) {
        policy.earn(FRAMES_IN_RETURN);
        return super.data(accumulator, frame, maxLength);
    }
}
