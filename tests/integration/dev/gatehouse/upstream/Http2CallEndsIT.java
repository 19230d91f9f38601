package dev.gatehouse.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.gatehouse.config.TimeoutsConfig;
import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.http.Failure;
import dev.gatehouse.loop.Loops;
import dev.gatehouse.loop.OpenFiles;
import dev.gatehouse.memory.Budget;
import dev.gatehouse.memory.BufferPool;
import dev.gatehouse.support.Fields;
import dev.gatehouse.support.Frame;
import dev.gatehouse.support.H2Origin;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each way a call over HTTP/2 ends, with each amount of the response queued behind what the client has: the upstream
/// gets its credit back, and no stream and no buffer stays.
@Timeout(20)
class Http2CallEndsIT {
    private static final byte[] FIRST = new byte[5];
    private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);
    private static final ClientConnection CLIENT = new ClientConnection(NOWHERE, NOWHERE, false, null);
    private static final int QUEUED = 20_000;
    private static final Duration SHORT = Duration.ofMillis(250);

    private Loops loops;
    private Budget budget;
    private H2Origin origin;
    private UpstreamPool pool;

    /// How the call ends.
    enum End {
        CANCELLED,
        CLIENT_FAILED,
        TIME_LIMIT,
        TOO_LONG,
        BUG,
        RESET_BY_UPSTREAM,
        CONNECTION_LOST
    }

    /// What has come behind the piece that the client was given and has not taken.
    enum Queued {
        NOTHING,
        PART,
        ALL,
        ALL_WITH_TRAILERS;

        boolean whole() {
            return this == ALL || this == ALL_WITH_TRAILERS;
        }
    }

    private static Stream<Arguments> cases() {
        return Stream.of(End.values())
                .flatMap(end -> Stream.of(Queued.values())
                        .flatMap(queued -> Stream.of(true, false)
                                .filter(sent -> !(end == End.TIME_LIMIT && sent && queued.whole()))
                                .map(sent -> Arguments.of(end, queued, sent))));
    }

    @BeforeEach
    void start() throws Exception {
        loops = Loops.create(1);
        loops.start();
        budget = new Budget(1 << 30, 1);
        origin = H2Origin.start(_ -> {}).withoutCredit();
        int port = Integer.parseInt(origin.address().substring(origin.address().indexOf(':') + 1));
        var config = new UpstreamConfig("127.0.0.1", port, true, false, null, false);
        pool = new Upstreams(loops, new BufferPool(budget, 1), new OpenFiles(new Plenty()))
                .pools(config, null, true)[0];
    }

    @AfterEach
    void stop() throws Exception {
        loops.stop();
        origin.close();
    }

    private static final class Plenty implements OpenFiles.Source {
        @Override
        public long limit() {
            return 1000;
        }

        @Override
        public int used() {
            return 0;
        }
    }

    /// The client of a call: takes nothing until told.
    private static final class Client implements UpstreamListener {
        private final BlockingQueue<Callback> untaken = new LinkedBlockingQueue<>();
        private final CompletableFuture<Failure> failure = new CompletableFuture<>();
        private volatile boolean throwing;
        private volatile long bytes;

        Callback given() throws InterruptedException {
            return Objects.requireNonNull(untaken.poll(10, TimeUnit.SECONDS), "nothing came");
        }

        @Override
        public long room() {
            return Long.MAX_VALUE;
        }

        @Override
        public void interim(int status, HttpFields fields) {}

        @Override
        public void head(int status, HttpFields fields, ByteBuffer content, boolean last, Callback callback) {
            content(content, last, callback);
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // written by the loop alone
        public void content(ByteBuffer content, boolean last, Callback callback) {
            if (throwing) {
                throw new IllegalStateException("a bug");
            }
            bytes += content.remaining();
            untaken.add(callback);
        }

        @Override
        public void trailers(HttpFields fields) {}

        @Override
        public void switched(HttpFields fields, Switched upstream) {}

        @Override
        public void failed(Failure reason, String detail) {
            failure.complete(reason);
        }
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        var result = new CompletableFuture<T>();
        pool.loop().execute(() -> {
            try {
                result.complete(task.call());
            } catch (Exception failed) {
                result.completeExceptionally(failed);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    private static ConditionFactory soon() {
        return await().pollInterval(Duration.ofMillis(5)).pollDelay(Duration.ZERO);
    }

    private UpstreamCall send(Client client, boolean sent, TimeoutsConfig timeouts) throws Exception {
        // The rest stays behind the upstream's window.
        Content.Source body =
                sent ? new ByteBufferContentSource() : new ByteBufferContentSource(ByteBuffer.allocate(100_000));
        var call = new UpstreamCall(
                "POST", "/", HttpFields.EMPTY, body, sent ? 0 : 100_000, false, false, timeouts, CLIENT, client);
        onLoop(() -> {
            pool.send(call, false, 0);
            return true;
        });
        return call;
    }

    private H2Origin.Call received() {
        return soon().until(
                        () -> origin.connections().stream()
                                .flatMap(connection -> connection.calls().stream())
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    private Http2Streams streams() {
        return Objects.requireNonNull(pool.streams());
    }

    private long unread(Http2Connection connection) throws Exception {
        return onLoop(() -> ((Http2Credit) connection.getSession().getFlowControlStrategy()).unread());
    }

    @ParameterizedTest(name = "{0}, queued {1}, request sent {2}")
    @MethodSource("cases")
    void nothingStaysOfACall(End end, Queued queued, boolean sent) throws Exception {
        var client = new Client();
        var call = send(client, sent, end == End.TIME_LIMIT ? shortLimits() : TimeoutsConfig.DEFAULTS);
        var upstream = received();
        var connection = onLoop(() -> streams().open().getFirst());
        upstream.head(200, Fields.of("content-length", Integer.toString(FIRST.length + QUEUED)), false)
                .data(FIRST, false);
        var given = client.given();
        if (client.bytes == 0) {
            complete(given::succeeded);
            given = client.given();
        }
        queue(upstream, queued);
        int waiting = queued == Queued.NOTHING ? 0 : QUEUED;
        soon().until(() -> unread(connection) == waiting);

        end(end, call, client, upstream, given, queued);

        assertGone(connection);
        if (!sent && end != End.CONNECTION_LOST && end != End.RESET_BY_UPSTREAM) {
            soon().until(() -> upstream.resetCode() >= 0);
        }
        if (end == End.TIME_LIMIT) {
            assertThat(onLoop(() -> streams().open())).doesNotContain(connection);
        }
    }

    private static void queue(H2Origin.Call upstream, Queued queued) throws IOException, InterruptedException {
        switch (queued) {
            case NOTHING -> {}
            case PART -> upstream.data(new byte[QUEUED], false);
            case ALL -> upstream.data(new byte[QUEUED], true);
            case ALL_WITH_TRAILERS -> upstream.data(new byte[QUEUED], false).trailers(Fields.of("grpc-status", "0"));
        }
    }

    private void end(End end, UpstreamCall call, Client client, H2Origin.Call upstream, Callback given, Queued queued)
            throws Exception {
        switch (end) {
            case CANCELLED -> {
                complete(call::cancel);
                complete(() -> given.failed(new IOException("the client left")));
            }
            case CLIENT_FAILED -> complete(() -> given.failed(new IOException("too slow")));
            case TIME_LIMIT -> {
                if (call.contentLength() == 0) {
                    // Only who waits for the upstream ends by its limits.
                    complete(given::succeeded);
                    takeAll(client, call, queued);
                }
                assertThat(client.failure.get(10, TimeUnit.SECONDS)).isEqualTo(Failure.UPSTREAM_IDLE);
                complete(() -> given.failed(new IOException("too late")));
            }
            case TOO_LONG -> {
                upstream.data(new byte[queued == Queued.NOTHING ? QUEUED + 1 : 1], false);
                if (!queued.whole()) {
                    assertThat(client.failure.get(10, TimeUnit.SECONDS)).isEqualTo(Failure.RESPONSE_TRUNCATED);
                }
                complete(given::succeeded);
                takeAll(client, call, queued);
            }
            case BUG -> {
                client.throwing = true;
                complete(given::succeeded);
                if (queued == Queued.NOTHING) {
                    upstream.data(new byte[1], false);
                }
                assertThat(client.failure.get(10, TimeUnit.SECONDS)).isEqualTo(Failure.BUG);
            }
            case RESET_BY_UPSTREAM -> {
                upstream.reset(Frame.INTERNAL_ERROR);
                complete(given::succeeded);
                takeAll(client, call, queued);
            }
            case CONNECTION_LOST -> {
                upstream.connection().close();
                complete(given::succeeded);
                takeAll(client, call, queued);
            }
        }
    }

    private void complete(Runnable task) throws Exception {
        onLoop(() -> {
            task.run();
            return true;
        });
    }

    /// What came in whole is passed on in whole; else there is an end.
    private void takeAll(Client client, UpstreamCall call, Queued queued) throws Exception {
        while (!onLoop(call::over)) {
            var next = client.untaken.poll(10, TimeUnit.MILLISECONDS);
            if (next != null) {
                complete(next::succeeded);
            } else if (!queued.whole()) {
                return;
            }
        }
        for (var next = client.untaken.poll(); next != null; next = client.untaken.poll()) {
            complete(next::succeeded);
        }
    }

    private void assertGone(Http2Connection connection) {
        soon().untilAsserted(() -> {
            assertThat(unread(connection)).isZero();
            assertThat(onLoop(() -> connection.getSession().getStreams())).isEmpty();
            assertThat(budget.held()).isZero();
        });
    }

    /// The last piece ends the call before it is passed on.
    @Test
    void bugWithTheLastPieceLeavesNothing() throws Exception {
        var client = new Client();
        send(client, true, TimeoutsConfig.DEFAULTS);
        var upstream = received();
        var connection = onLoop(() -> streams().open().getFirst());
        upstream.head(200, Fields.NONE, false);
        complete(client.given()::succeeded);
        client.throwing = true;
        upstream.data(FIRST, true);

        assertThat(client.failure.get(10, TimeUnit.SECONDS)).isEqualTo(Failure.BUG);
        assertGone(connection);
    }

    @Test
    void callsThatAreCancelledBeforeAnythingCameLeaveNothing() throws Exception {
        var calls = new ArrayList<UpstreamCall>();
        for (int i = 0; i < 20; i++) {
            calls.add(send(new Client(), i % 2 == 0, TimeoutsConfig.DEFAULTS));
        }
        soon().until(() -> origin.connections().stream()
                        .mapToLong(one -> one.calls().size())
                        .sum()
                == 20);
        var connections = List.copyOf(onLoop(() -> streams().open()));

        for (var call : calls) {
            complete(call::cancel);
        }

        for (var connection : connections) {
            assertGone(connection);
        }
    }

    private static TimeoutsConfig shortLimits() {
        var defaults = TimeoutsConfig.DEFAULTS;
        return new TimeoutsConfig(
                defaults.clientHeader(),
                defaults.clientIdle(),
                defaults.clientStall(),
                defaults.clientMinRate(),
                defaults.streamIdleSaid(),
                defaults.tlsHandshake(),
                defaults.upstreamConnect(),
                SHORT,
                SHORT,
                defaults.upstreamMaxAge(),
                defaults.tunnelIdle(),
                defaults.connectionHandling(),
                defaults.drain(),
                defaults.tunnelDrain());
    }
}
