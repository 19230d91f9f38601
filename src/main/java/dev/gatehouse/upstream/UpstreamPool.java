package dev.gatehouse.upstream;

import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.http.Failure;
import dev.gatehouse.loop.Loop;
import dev.gatehouse.loop.LoopEndPoint;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/// The connections of one loop with one upstream. Of the kept ones of HTTP/1.1 the one used last is used next, so that
/// the others can age out; those of HTTP/2 are [Http2Streams].
public final class UpstreamPool {
    /// What is read at a time from a connection of HTTP/1.1.
    static final int READ_BYTES = 32 * 1024;

    /// The same while memory is short.
    private static final int READ_BYTES_WHEN_SHORT = 8 * 1024;

    /// Buffers of the pool are multiples of this.
    private static final int BUFFER_STEP = 4 * 1024;

    /// The least that is read while memory is not short. Were it what the client has room for, a client that gives room
    /// back frame by frame would never get larger frames again (the silly window syndrome of RFC 1122 §4.2.3.3).
    private static final int LEAST_READ_BYTES = 16 * 1024;

    /// What is read while memory is short for a client that takes hardly anything: it has to be kept.
    private static final int READ_BYTES_TO_KEEP = 1024;

    /// Idle connections beyond this many are closed, per loop and upstream.
    static final int MAX_IDLE = 512;

    private final Upstreams upstreams;
    private final UpstreamConfig upstream;
    private final @Nullable Engines engines;
    private final Loop loop;
    private final ResolvedName name;
    private final @Nullable Http2Streams streams;
    private final ArrayDeque<Http1Connection> idle = new ArrayDeque<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger kept = new AtomicInteger();
    /// Requests of all loops.
    private final AtomicInteger underWay;

    private final ByteBuffer probe = ByteBuffer.allocateDirect(1);
    private int addressTurn;
    private boolean closed;

    UpstreamPool(
            Upstreams upstreams,
            UpstreamConfig upstream,
            @Nullable Engines engines,
            boolean http2,
            AtomicInteger underWay,
            Loop loop) {
        this.upstreams = upstreams;
        this.upstream = upstream;
        this.engines = engines;
        this.underWay = underWay;
        this.loop = loop;
        this.name = upstreams.resolver().name(upstream.host());
        this.streams = http2 ? new Http2Streams(this) : null;
    }

    /// Sends a request on a kept connection or a new one. An upgrade goes over HTTP/1.1 in any case: HTTP/2 has none
    /// (RFC 9113 §8.6).
    ///
    /// @param fresh whether a kept connection of HTTP/1.1 must not be used
    /// @param most requests that may be under way at the upstream; 0 is no limit
    public void send(UpstreamCall call, boolean fresh, int most) {
        if (most > 0 && underWay.get() >= most) {
            call.fail(Failure.UPSTREAM_FULL, "max_requests_per_upstream=" + most);
            return;
        }
        call.countIn(underWay);
        name.refresh();
        if (streams != null && !call.upgrade()) {
            streams.send(call);
            return;
        }
        if (!fresh) {
            var own = ClientsOwn.take(call, this);
            if (own != null) {
                own.start(call);
                return;
            }
            for (var connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
                countKept();
                if (connection.usable(call) && (call.repeatable() || connection.silent())) {
                    connection.start(call);
                    return;
                }
                connection.close();
            }
        }
        new Connecting(this, call, null).begin();
    }

    /// A request's body that can be sent once more where the upstream did nothing with it.
    public RepeatableBody repeatable(Content.Source body) {
        return new RepeatableBody(body, upstreams.buffers().budget());
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

    /// Null for HTTP/1.1.
    @Nullable
    Http2Streams streams() {
        return streams;
    }

    ResolvedName name() {
        return name;
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

    /// A buffer to read into, for a client that has so much room: what goes beyond would have to be kept.
    ///
    /// @param known the one that was read into before; given back where it is not the right one
    RetainableByteBuffer buffer(@Nullable RetainableByteBuffer known, long room) {
        int size = readBytes(room, upstreams.buffers().budget().isShort());
        if (known != null) {
            if (known.hasRemaining() || known.capacity() == size) {
                return known;
            }
            known.release();
        }
        return size == READ_BYTES_TO_KEEP
                ? RetainableByteBuffer.wrap(BufferUtil.allocate(size))
                : upstreams.buffers().acquire(size, true);
    }

    static int readBytes(long room, boolean isShort) {
        if (isShort && room < BUFFER_STEP) {
            return READ_BYTES_TO_KEEP;
        }
        long steps = room / BUFFER_STEP * BUFFER_STEP;
        return (int)
                (isShort ? Math.min(steps, READ_BYTES_WHEN_SHORT) : Math.clamp(steps, LEAST_READ_BYTES, READ_BYTES));
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
        if (closed || idle.size() >= MAX_IDLE || upstreams.files().isShort()) {
            connection.close();
        } else {
            idle.addFirst(connection);
            countKept();
        }
    }

    /// Closes the one that has been idle longest.
    void closeOldest() {
        var oldest = idle.pollLast();
        countKept();
        if (oldest != null) {
            oldest.close();
        }
    }

    void forget(Http1Connection connection) {
        idle.remove(connection);
        countKept();
    }

    /// For readers on other threads.
    private void countKept() {
        kept.lazySet(idle.size());
    }

    /// A connection was made.
    void opened(LoopEndPoint endPoint) {
        open.incrementAndGet();
        endPoint.whenClosed(open::decrementAndGet);
    }

    /// How many connections there are. Any thread.
    int open() {
        return open.get();
    }

    /// How many requests are under way, over all loops. Any thread.
    int underWay() {
        return underWay.get();
    }

    /// How many of HTTP/1.1 wait for a request. Any thread.
    int kept() {
        return kept.get();
    }

    /// The upstream's name has other addresses: connections with those that left end, as soon as they are idle.
    void moved() {
        if (streams != null) {
            streams.moved();
        }
        for (var connection : List.copyOf(idle)) {
            if (connection.hasLeft()) {
                connection.close();
            }
        }
    }

    void close() {
        closed = true;
        if (streams != null) {
            streams.close();
        }
        for (var connection = idle.poll(); connection != null; connection = idle.poll()) {
            connection.close();
        }
        countKept();
    }
}
