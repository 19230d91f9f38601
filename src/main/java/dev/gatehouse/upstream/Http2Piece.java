package dev.gatehouse.upstream;

import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// A piece of a response that the client is to take. Completes when it has, or will not. Confined to its loop.
final class Http2Piece implements Callback {
    private final Http2Call call;
    private final boolean last;
    private Stream.@Nullable Data data;

    /// @param data to release; null for none
    Http2Piece(Http2Call call, Stream.@Nullable Data data, boolean last) {
        this.call = call;
        this.data = data;
        this.last = last;
    }

    /// Gives the buffer back; once, however often it is called.
    void release() {
        var taken = data;
        data = null;
        if (taken != null) {
            taken.release();
        }
    }

    @Override
    public void succeeded() {
        release();
        if (!last) {
            call.taken();
        }
    }

    @Override
    public void failed(Throwable cause) {
        release();
        if (!last) {
            call.refused(cause);
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
