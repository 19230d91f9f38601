package dev.gatehouse.listen.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;

/// A connection whose answer is sent though the client still sends: our side is closed, what comes is thrown away for
/// a while, so that no reset destroys the answer on its way (RFC 9112 §9.6).
final class LingeringConnection extends AbstractConnection implements Connection.UpgradeTo, Draining {
    private static final long MAX_BYTES = 16 << 20;
    private static final long MAX_MILLIS = 5_000;
    private static final int READ_BYTES = 16 * 1024;

    private long thrownAway;

    LingeringConnection(EndPoint endPoint, Executor executor) {
        super(endPoint, executor);
    }

    @Override
    public void onUpgradeTo(ByteBuffer early) {
        thrownAway += early.remaining();
    }

    @Override
    public void onOpen() {
        super.onOpen();
        getEndPoint().setIdleTimeout(MAX_MILLIS);
        getEndPoint().shutdownOutput();
        if (getEndPoint().isOpen()) {
            fillInterested();
        }
    }

    /// It ends soon.
    @Override
    public void drain() {}

    @Override
    public void onFillable() {
        var buffer = BufferUtil.allocate(READ_BYTES);
        try {
            while (true) {
                BufferUtil.clear(buffer);
                int read = getEndPoint().fill(buffer);
                if (read < 0 || thrownAway > MAX_BYTES) {
                    getEndPoint().close();
                    return;
                }
                if (read == 0) {
                    fillInterested();
                    return;
                }
                thrownAway += read;
            }
        } catch (IOException gone) {
            getEndPoint().close();
        }
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        getEndPoint().close();
    }
}
