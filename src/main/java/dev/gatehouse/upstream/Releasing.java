package dev.gatehouse.upstream;

import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.Callback;

/// Gives a buffer back once its last bytes are written, or never will be.
record Releasing(RetainableByteBuffer buffer) implements Callback {
    @Override
    public void succeeded() {
        buffer.release();
    }

    @Override
    public void failed(Throwable cause) {
        buffer.release();
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
