package dev.gatehouse.upstream;

import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The kept connections of one loop with one upstream. The one used last is used next, so that the others can age
/// out.
public final class UpstreamPool {
    /// Idle connections beyond this many are closed, per loop and upstream.
    static final int MAX_IDLE = 512;

    private final Upstreams upstreams;
    private final UpstreamConfig upstream;
    private final @Nullable Engines engines;
    private final Loop loop;
    private final ArrayDeque<Http1Connection> idle = new ArrayDeque<>();
    private final ByteBuffer probe = ByteBuffer.allocateDirect(1);
    private int addressTurn;
    private boolean closed;

    UpstreamPool(Upstreams upstreams, UpstreamConfig upstream, @Nullable Engines engines, Loop loop) {
        this.upstreams = upstreams;
        this.upstream = upstream;
        this.engines = engines;
        this.loop = loop;
    }

    /// Sends a request on a kept connection or a new one.
    ///
    /// @param fresh whether a kept connection must not be used
    public void send(UpstreamCall call, boolean fresh) {
        if (!fresh) {
            for (var kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
                if (kept.usable() && (call.repeatable() || kept.silent())) {
                    kept.start(call);
                    return;
                }
                kept.close();
            }
        }
        new Connecting(this, call).begin();
    }

    /// The upstream.
    public UpstreamConfig upstream() {
        return upstream;
    }

    /// Null for an upstream without TLS.
    @Nullable
    Engines engines() {
        return engines;
    }

    Upstreams upstreams() {
        return upstreams;
    }

    Loop loop() {
        return loop;
    }

    Executor executor() {
        return upstreams.loops().getExecutor();
    }

    /// A place for a byte that nobody wants.
    ByteBuffer probe() {
        return probe;
    }

    /// Where to begin in a list of addresses: each new connection one further.
    int addressTurn() {
        return addressTurn++;
    }

    void keep(Http1Connection connection) {
        if (closed || idle.size() >= MAX_IDLE) {
            connection.close();
        } else {
            idle.addFirst(connection);
        }
    }

    void forget(Http1Connection connection) {
        idle.remove(connection);
    }

    void close() {
        closed = true;
        for (var connection = idle.poll(); connection != null; connection = idle.poll()) {
            connection.close();
        }
    }
}
