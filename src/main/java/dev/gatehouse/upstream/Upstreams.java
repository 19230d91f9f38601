package dev.gatehouse.upstream;

import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.loop.Loops;
import dev.gatehouse.loop.OpenFiles;
import dev.gatehouse.memory.BufferPool;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All connections to backends. One per process; pools are shared by everything that names the same upstream in the
/// same way, per loop.
public final class Upstreams {
    private final Loops loops;
    private final BufferPool buffers;
    private final OpenFiles files;
    private final Resolver resolver = new Resolver(this::moved);
    private final ConcurrentMap<Key, UpstreamPool[]> pools = new ConcurrentHashMap<>();

    public Upstreams(Loops loops, BufferPool buffers, OpenFiles files) {
        this.files = files;
        this.loops = loops;
        this.buffers = buffers;
    }

    /// What keeps connections apart: what changes trust, and the protocol.
    private record Key(UpstreamConfig upstream, @Nullable Engines engines, boolean http2) {}

    /// The pool of an upstream on each loop, by loop index. Any thread; not for each request.
    ///
    /// @param engines null for an upstream without TLS
    /// @param http2 whether HTTP/2 is spoken, over plaintext by prior knowledge (RFC 9113 §3.3); else HTTP/1.1
    public UpstreamPool[] pools(UpstreamConfig upstream, @Nullable Engines engines, boolean http2) {
        return pools.computeIfAbsent(new Key(upstream, engines, http2), this::create)
                .clone();
    }

    private UpstreamPool[] create(Key key) {
        var perLoop = new UpstreamPool[loops.count()];
        var underWay = new AtomicInteger();
        for (int i = 0; i < perLoop.length; i++) {
            perLoop[i] = new UpstreamPool(this, key.upstream, key.engines, key.http2, underWay, loops.get(i));
        }
        return perLoop;
    }

    /// Closes the idle connections of all other pools, now and whenever one becomes idle; calls that are under way end
    /// as they would. Any thread.
    ///
    /// @param used pools that stay
    public void retain(Set<UpstreamPool> used) {
        pools.values().removeIf(perLoop -> {
            if (Stream.of(perLoop).anyMatch(used::contains)) {
                return false;
            }
            close(perLoop);
            return true;
        });
    }

    /// How many connections there are with an upstream, over all loops.
    ///
    /// @param idle of HTTP/1.1 that wait for a request
    /// @param requests under way
    public record Load(UpstreamConfig upstream, boolean http2, int connections, int idle, int requests) {}

    /// The load of every upstream, in no order. Any thread.
    public List<Load> loads() {
        return pools.entrySet().stream()
                .map(entry -> new Load(
                        entry.getKey().upstream,
                        entry.getKey().http2,
                        Stream.of(entry.getValue()).mapToInt(UpstreamPool::open).sum(),
                        Stream.of(entry.getValue()).mapToInt(UpstreamPool::kept).sum(),
                        entry.getValue()[0].underWay()))
                .toList();
    }

    Loops loops() {
        return loops;
    }

    BufferPool buffers() {
        return buffers;
    }

    OpenFiles files() {
        return files;
    }

    /// Gives some of the descriptors back that connections without a request have. Any thread.
    void closeSomeIdle() {
        pools.values().forEach(perLoop -> {
            for (var pool : perLoop) {
                if (pool.kept() > 0) {
                    pool.loop().execute(pool::closeOldest);
                }
            }
        });
    }

    private void moved(String host) {
        pools.forEach((key, perLoop) -> {
            if (key.upstream.host().equals(host)) {
                for (var pool : perLoop) {
                    pool.loop().execute(pool::moved);
                }
            }
        });
    }

    Resolver resolver() {
        return resolver;
    }

    /// Closes every idle connection. Any thread.
    public void close() {
        pools.values().forEach(Upstreams::close);
    }

    private static void close(UpstreamPool[] perLoop) {
        for (var pool : perLoop) {
            pool.loop().execute(pool::close);
        }
    }
}
