package dev.gatehouse.listen.tcp;

import dev.gatehouse.loop.LoopEndPoint;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;

/// What an HTTP/2 connection has carried so far, and how many of its streams wait for the client. Confined to
/// its loop.
final class Traffic {
    private final EndPoint endPoint;
    private final LoopEndPoint socket;
    private long received;
    private long sent;
    private long taken;
    private long sentBefore;
    private long writtenBefore;
    private int bodies;
    private int responses;

    /// @param endPoint the socket, or its TLS end
    Traffic(EndPoint endPoint, LoopEndPoint socket) {
        this.endPoint = endPoint;
        this.socket = socket;
    }

    LoopEndPoint socket() {
        return socket;
    }

    /// See [LoopEndPoint#takeWhatCame].
    void takeWhatCame() {
        socket.takeWhatCame();
    }

    /// Content came.
    void received(int bytes) {
        received += bytes;
    }

    /// Content was handed to the connection.
    void sent(int bytes) {
        sent += bytes;
    }

    /// Content that came.
    long received() {
        return received;
    }

    /// Content that was taken. While the connection is full, all wait for the same piece, which may be large: then the
    /// kernel knows how much of it went.
    long taken() {
        long written = socket.bytesWritten();
        boolean full = endPoint instanceof AbstractEndPoint writing
                && writing.getWriteFlusher().isPending();
        taken += full ? Math.max(sent - sentBefore, written - writtenBefore) : sent - sentBefore;
        sentBefore = sent;
        writtenBefore = written;
        return taken;
    }

    /// See [PacedExchange#awaited].
    int awaited(boolean response, int change) {
        if (response) {
            responses += change;
            return responses;
        }
        bodies += change;
        return bodies;
    }
}
