package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.IpLiteral;
import dev.gatehouse.loop.LoopEndPoint;
import dev.gatehouse.observe.Facts;
import dev.gatehouse.observe.RateLimited;
import dev.gatehouse.tls.HandshakeFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/// Lines about handshakes that come to nothing. Any thread.
final class HandshakeLog {
    private final RateLimited log;

    HandshakeLog(RateLimited log) {
        this.log = log;
    }

    void failed(LoopEndPoint socket, @Nullable String serverName, HandshakeFailure failure) {
        if (failure.subject() == null) {
            failed(socket, failure.token(), serverName, failure.cause());
            return;
        }
        log.log(
                Level.INFO,
                failure.token(),
                "handshake failed client={} reason={} sni={} subject={} cause={}",
                IpLiteral.text(socket.getRemoteSocketAddress().getAddress()),
                failure.token(),
                serverName == null ? "-" : serverName,
                Facts.quoted(failure.subject()),
                Facts.quoted(failure.cause()));
    }

    void failed(LoopEndPoint socket, String reason, @Nullable String serverName, String cause) {
        failed(Level.INFO, socket, reason, serverName, cause);
    }

    void failed(Level level, LoopEndPoint socket, String reason, @Nullable String serverName, String cause) {
        log.log(
                level,
                reason,
                "handshake failed client={} reason={} sni={} cause={}",
                IpLiteral.text(socket.getRemoteSocketAddress().getAddress()),
                reason,
                serverName == null ? "-" : serverName,
                Facts.quoted(cause));
    }

    /// @param limit the key that is spent
    void refused(LoopEndPoint socket, String limit) {
        log.log(
                Level.WARN,
                limit,
                "client refused client={} reason=tls.shed limit={}",
                IpLiteral.text(socket.getRemoteSocketAddress().getAddress()),
                limit);
    }
}
