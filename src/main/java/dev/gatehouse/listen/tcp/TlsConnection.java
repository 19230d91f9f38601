package dev.gatehouse.listen.tcp;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;

/// Jetty's TLS on an engine of ours.
final class TlsConnection extends SslConnection {
    /// Records of a client that bring no data, such as those of the handshake and KeyUpdate: at once, and a second.
    private static final double EMPTY_RECORDS = 250;

    private static final double EMPTY_RECORDS_PER_SECOND = 50;

    private static final EndPoint.SslSessionData SOME = EndPoint.SslSessionData.from(null, null, null, null);

    private final TokenBucket emptyRecords = new TokenBucket(EMPTY_RECORDS, EMPTY_RECORDS_PER_SECOND);
    private final Runnable flooded;
    private int known;

    /// @param known bytes of the client that were looked at already
    /// @param flooded told of a client that keeps us busy with nothing
    TlsConnection(FrontConnector connector, EndPoint endPoint, SSLEngine engine, int known, Runnable flooded) {
        super(connector.getByteBufferPool(), connector.getExecutor(), null, endPoint, engine, true, true);
        this.known = known;
        this.flooded = flooded;
    }

    /// The engine takes one record at a time. KeyUpdate (RFC 8446 §4.6.3) costs an answer and new keys, an empty
    /// record its decryption.
    @Override
    protected SSLEngineResult unwrap(SSLEngine engine, ByteBuffer input, ByteBuffer output) throws SSLException {
        var result = super.unwrap(engine, input, output);
        if (known > 0) {
            known -= result.bytesConsumed();
        } else if (result.bytesProduced() == 0 && result.bytesConsumed() > 0 && !emptyRecords.take(1)) {
            flooded.run();
            throw new FloodException();
        }
        return result;
    }

    @Override
    protected SslEndPoint newSslEndPoint() {
        return new CheapEnd();
    }

    /// Jetty asks with each request whether there is TLS; its own answer is costly.
    private final class CheapEnd extends SslEndPoint {
        @Override
        public SslSessionData getSslSessionData() {
            return SOME;
        }
    }

    /// The client keeps us busy with nothing.
    static final class FloodException extends SSLException {
        private static final long serialVersionUID = 1;

        FloodException() {
            super("too many records without data");
        }
    }
}
