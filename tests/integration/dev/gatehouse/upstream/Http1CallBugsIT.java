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
import dev.gatehouse.support.TestOrigin;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whatever a listener throws at, its call over HTTP/1.1 has an end, and the loop serves the next one.
@Timeout(20)
class Http1CallBugsIT {
    private static final InetSocketAddress NOWHERE = new InetSocketAddress(0);
    private static final ClientConnection CLIENT = new ClientConnection(NOWHERE, NOWHERE, false, null);

    private Loops loops;
    private TestOrigin origin;
    private UpstreamPool pool;

    enum Event {
        INTERIM,
        HEAD,
        WHOLE,
        CONTENT,
        LAST_CONTENT,
        TRAILERS,
        SWITCHED
    }

    @BeforeEach
    void start() throws Exception {
        loops = Loops.create(1);
        loops.start();
        origin = TestOrigin.start();
        int port = Integer.parseInt(origin.address().substring(origin.address().indexOf(':') + 1));
        var config = new UpstreamConfig("127.0.0.1", port, false, false, null, false);
        pool = new Upstreams(loops, new BufferPool(new Budget(1 << 30, 1), 1), new OpenFiles(new Plenty()))
                .pools(config, null, false)[0];
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

    /// Takes everything at once, but for one event.
    private static final class Client implements UpstreamListener {
        private final @Nullable Event bug;
        private final CompletableFuture<Object> end = new CompletableFuture<>();

        Client(@Nullable Event bug) {
            this.bug = bug;
        }

        private void came(Event event) {
            if (event == bug) {
                throw new IllegalStateException("a bug");
            }
        }

        @Override
        public long room() {
            return Long.MAX_VALUE;
        }

        @Override
        public void interim(int status, HttpFields fields) {
            came(Event.INTERIM);
        }

        @Override
        public void head(int status, HttpFields fields, ByteBuffer content, boolean last, Callback callback) {
            came(last ? Event.WHOLE : Event.HEAD);
            taken(last, callback);
        }

        @Override
        public void content(ByteBuffer content, boolean last, Callback callback) {
            came(last ? Event.LAST_CONTENT : Event.CONTENT);
            taken(last, callback);
        }

        private void taken(boolean last, Callback callback) {
            if (last) {
                end.complete("whole");
            }
            callback.succeeded();
        }

        @Override
        public void trailers(HttpFields fields) {
            came(Event.TRAILERS);
        }

        @Override
        public void switched(HttpFields fields, Switched upstream) {
            came(Event.SWITCHED);
        }

        @Override
        public void failed(Failure reason, String detail) {
            end.complete(reason);
        }
    }

    private Object send(String target, Client client, boolean upgrade) throws Exception {
        var fields = HttpFields.build().add("Host", "app.example");
        if (upgrade) {
            fields.add("Connection", "Upgrade")
                    .add("Upgrade", "websocket")
                    .add("Sec-WebSocket-Version", "13")
                    .add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        }
        var call = new UpstreamCall(
                "GET",
                target,
                fields,
                new ByteBufferContentSource(),
                0,
                false,
                upgrade,
                TimeoutsConfig.DEFAULTS,
                CLIENT,
                client);
        pool.loop().execute(() -> pool.send(call, false, 0));
        return client.end.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({
        "INTERIM, /103-then-200",
        "HEAD, /bytes?n=1000000",
        "CONTENT, /bytes?n=1000000",
        "LAST_CONTENT, /bytes?n=1000000",
        "WHOLE, /empty",
        "TRAILERS, /trailers",
        "SWITCHED, /websocket"
    })
    void bugInAListenerEndsItsCallAndNothingElse(Event bug, String target) throws Exception {
        assertThat(send(target, new Client(bug), bug == Event.SWITCHED)).isEqualTo(Failure.BUG);

        assertThat(send("/small", new Client(null), false)).isEqualTo("whole");
        if (bug != Event.WHOLE && bug != Event.LAST_CONTENT) {
            // The connection is in the middle of something.
            await().pollInterval(Duration.ofMillis(5)).until(() -> pool.open() == 1);
        }
    }
}
