package dev.gatehouse.upstream;

import dev.gatehouse.memory.Budget;
import dev.gatehouse.memory.GrowingWindows;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;

/// The flow control of a connection with an upstream, which counts what came and was not read. The
/// windows of streams are not opened while memory is short. Confined to its loop.
final class Http2Credit extends GrowingWindows {
    private long unread;

    /// @param streamGrowth by how much a stream's window grows once half of it was read
    Http2Credit(Budget budget, int sessionWindow, int streamGrowth) {
        super(budget, sessionWindow, streamGrowth, 0);
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
