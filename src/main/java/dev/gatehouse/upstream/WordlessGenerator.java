package dev.gatehouse.upstream;

import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.generator.Generator;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;

/// Jetty's writer of frames, without the text of an exception that Jetty gives with GOAWAY: the code says enough
/// (RFC 9113 §6.8).
final class WordlessGenerator extends Generator {
    private static final byte[] NOTHING = {};

    WordlessGenerator(ByteBufferPool buffers) {
        super(buffers, true, 0);
    }

    @Override
    public int control(RetainableByteBuffer.Mutable accumulator, Frame frame) throws HpackException {
        return super.control(accumulator, frame instanceof GoAwayFrame goAway ? wordless(goAway) : frame);
    }

    static GoAwayFrame wordless(GoAwayFrame frame) {
        return new GoAwayFrame(frame.getLastStreamId(), frame.getError(), NOTHING);
    }
}
