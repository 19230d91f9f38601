package dev.gatehouse.support;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/// How a message or a connection came to its end, as its receiver saw it.
public enum Ending {
    /// The framing said so.
    COMPLETE,
    /// The peer closed in order: FIN, on TLS behind a close_notify.
    CLOSED,
    /// FIN, before the framing was satisfied or, on TLS, without close_notify.
    CUT,
    /// RST, on TCP or of the HTTP/2 stream.
    RESET,
    /// The receiver was the one who closed.
    OURS;

    /// What an exception of a read or a write says about the peer.
    ///
    /// @throws IOException the same, if it says nothing about the peer: a time limit, a fault of the test
    static Ending of(IOException thrown) throws IOException {
        if (thrown instanceof SocketTimeoutException) {
            throw thrown;
        }
        var told = (thrown + " " + thrown.getCause()).toLowerCase(Locale.ROOT);
        if (told.contains("reset") || told.contains("broken pipe")) {
            return RESET;
        }
        if (told.contains("socket closed") || told.contains("stream closed") || told.contains("closed by interrupt")) {
            return OURS;
        }
        if (thrown instanceof SSLException || thrown instanceof EOFException) {
            return CUT;
        }
        if (thrown instanceof SocketException) {
            return RESET;
        }
        throw thrown;
    }
}
