package dev.gatehouse.upstream;

import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.loop.Loop;
import dev.gatehouse.loop.Loops;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.ByteBufferPool;

/// All connections to backends. One per process; pools are shared by everything that names the same upstream in the
/// same way, per loop.
public final class Upstreams {
    private final Loops loops;
    private final ByteBufferPool buffers;
    private final Function<UpstreamConfig, SSLEngine> engines;
    private final Resolver resolver = new Resolver();
    private final ConcurrentMap<UpstreamConfig, UpstreamPool[]> pools = new ConcurrentHashMap<>();

    /// @param engines makes a client engine for an upstream with TLS, peer name and verification set; any thread
    public Upstreams(Loops loops, ByteBufferPool buffers, Function<UpstreamConfig, SSLEngine> engines) {
        this.loops = loops;
        this.buffers = buffers;
        this.engines = engines;
    }

    /// The pool of an upstream on each loop, by loop index. Any thread; not for each request.
    public UpstreamPool[] pools(UpstreamConfig upstream) {
        return pools.computeIfAbsent(upstream, this::create).clone();
    }

    private UpstreamPool[] create(UpstreamConfig upstream) {
        var perLoop = new UpstreamPool[loops.count()];
        for (int i = 0; i < perLoop.length; i++) {
            perLoop[i] = new UpstreamPool(this, upstream, loops.get(i));
        }
        return perLoop;
    }

    Loops loops() {
        return loops;
    }

    ByteBufferPool buffers() {
        return buffers;
    }

    Resolver resolver() {
        return resolver;
    }

    SSLEngine engine(UpstreamConfig upstream) {
        return engines.apply(upstream);
    }

    /// Closes every idle connection. Any thread.
    public void close() {
        for (var perLoop : pools.values()) {
            for (var pool : perLoop) {
                Loop loop = pool.loop();
                loop.execute(pool::close);
            }
        }
    }
}
