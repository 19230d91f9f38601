package dev.gatehouse.listen.tcp;

import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.generator.Generator;
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

    @Override
    public int data(RetainableByteBuffer.Mutable accumulator, DataFrame frame, int maxLength) {
        policy.earn(FRAMES_IN_RETURN);
        return super.data(accumulator, frame, maxLength);
    }
}
