package dev.gatehouse.listen.tcp;

import java.io.IOException;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.BufferUtil;

/// A TLS connection that is closed when its handshake is done (RFC 8737 §3).
final class ChallengeConnection extends AbstractConnection implements SslHandshakeListener {
    private static final int READ_BYTES = 4 * 1024;

    private boolean done;

    ChallengeConnection(EndPoint end, Executor executor) {
        super(end, executor);
    }

    @Override
    public void handshakeSucceeded(Event event) {
        done = true;
    }

    @Override
    public void onOpen() {
        super.onOpen();
        fillInterested();
    }

    /// Reading is what drives the handshake; nothing is expected behind it.
    @Override
    public void onFillable() {
        var end = getEndPoint();
        var buffer = BufferUtil.allocate(READ_BYTES);
        try {
            int read = end.fill(buffer);
            if (read == 0 && !done) {
                fillInterested();
            } else {
                end.close();
            }
        } catch (IOException gone) {
            end.close();
        }
    }
}
