package dev.gatehouse.upstream;

import org.eclipse.jetty.http2.BufferingFlowControlStrategy;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;

/// The flow control of a connection with an upstream, which counts what came and was not read. Confined to its loop.
final class Http2Credit extends BufferingFlowControlStrategy {
    private long unread;

    Http2Credit() {
        super(0.5f);
    }

    /// Bytes of DATA frames that streams hold; for all others the upstream has its credit back, or gets it with the
    /// next WINDOW_UPDATE.
    long unread() {
        return unread;
    }

    @Override
    public void onDataReceived(Session session, Stream stream, int length) {
        unread += length;
        super.onDataReceived(session, stream, length);
    }

    @Override
    public void onDataConsumed(Session session, Stream stream, int length) {
        unread -= length;
        super.onDataConsumed(session, stream, length);
    }
}
