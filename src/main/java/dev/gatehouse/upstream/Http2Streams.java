package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// The HTTP/2 connections of one loop with one upstream, and the calls that wait for a stream of one. As few
/// connections as have room; one is made at a time. Confined to its loop.
final class Http2Streams {
    /// Connections that take requests, per loop and upstream; beyond them requests wait.
    static final int MAX_CONNECTIONS = 16;

    private final UpstreamPool pool;
    private final List<Http2Connection> open = new ArrayList<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean connecting;
    private boolean closed;

    Http2Streams(UpstreamPool pool) {
        this.pool = pool;
    }

    void send(UpstreamCall call) {
        retireOld(call.timeouts().upstreamMaxAge());
        var free = waiting.isEmpty() ? free() : null;
        if (free != null) {
            free.start(call);
        } else if (!connecting && open.size() < MAX_CONNECTIONS) {
            connect(call);
        } else {
            waiting.add(new Waiting(call));
        }
    }

    /// Those that take requests.
    List<Http2Connection> open() {
        return List.copyOf(open);
    }

    private void retireOld(Duration maxAge) {
        for (int i = open.size() - 1; i >= 0; i--) {
            var connection = open.get(i);
            if (!connection.lasts(maxAge)) {
                connection.retire();
            }
        }
    }

    /// The upstream's name has other addresses.
    void moved() {
        retireOld(Duration.ZERO);
    }

    private @Nullable Http2Connection free() {
        for (var connection : open) {
            if (connection.hasRoom()) {
                return connection;
            }
        }
        return null;
    }

    private void connect(UpstreamCall call) {
        connecting = true;
        new Connecting(pool, call, this).begin();
    }

    /// A connection is there; the call that it was made for has begun on it.
    void connected(Http2Connection connection) {
        connecting = false;
        open.add(connection);
        if (closed) {
            connection.retire();
        }
        goOn();
    }

    /// There will be no connection. Who waited for it is told the same.
    void failed(Failure failure, String detail) {
        connecting = false;
        if (!open.isEmpty()) {
            return;
        }
        var unlucky = List.copyOf(waiting);
        waiting.clear();
        for (var one : unlucky) {
            one.stopTimer();
            one.call.fail(failure, detail);
        }
    }

    /// The client that a connection was made for did not wait for it.
    void givenUp() {
        connecting = false;
        goOn();
    }

    /// A stream ended.
    void roomIn(Http2Connection connection) {
        if (!waiting.isEmpty() && connection.hasRoom()) {
            pool.loop().execute(this::goOn);
        }
    }

    /// The connection takes no more requests.
    void forget(Http2Connection connection) {
        if (open.remove(connection) && !waiting.isEmpty()) {
            pool.loop().execute(this::goOn);
        }
    }

    private void goOn() {
        while (!waiting.isEmpty()) {
            var free = free();
            if (free == null && (connecting || open.size() >= MAX_CONNECTIONS)) {
                return;
            }
            var next = waiting.remove();
            next.stopTimer();
            if (free != null) {
                free.start(next.call);
            } else {
                connect(next.call);
            }
        }
    }

    /// Ends connections as soon as they are idle.
    void close() {
        closed = true;
        List.copyOf(open).forEach(Http2Connection::retire);
    }

    /// A call without a stream.
    private final class Waiting {
        private final UpstreamCall call;
        private final Scheduler.@Nullable Task timer;

        Waiting(UpstreamCall call) {
            this.call = call;
            call.phase(Phase.CONNECT);
            call.onCancel(this::leave);
            var limit = call.timeouts().upstreamResponseHeader();
            timer = limit.isZero()
                    ? null
                    : pool.loop().schedule(this::tooLate, limit.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void tooLate() {
            waiting.remove(this);
            call.fail(Failure.RESPONSE_TIMEOUT, "no stream was free in time");
        }

        private void leave() {
            stopTimer();
            waiting.remove(this);
        }

        private void stopTimer() {
            if (timer != null) {
                timer.cancel();
            }
        }
    }
}
