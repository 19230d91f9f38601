package dev.gatehouse.support;

import static dev.gatehouse.support.Heads.get;
import static dev.gatehouse.support.Heads.head;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/// Clients of every kind that use a proxy before a [TestOrigin] until they are told to stop: HTTP/1 and HTTP/2, with
/// and without TLS, on connections that stay and on new ones, downloads, uploads that take a while, WebSockets.
///
/// They do what a client may: one that is told that its connection ends (`Connection: close`, GOAWAY) makes a new one,
/// and sends again what GOAWAY says was not looked at. Everything else that goes wrong is kept, in words.
public final class MixedLoad implements AutoCloseable {
    private static final int UPLOAD = 100_000;
    private static final int DOWNLOAD = 300_000;
    private static final String UPLOAD_DIGEST = Body.pattern(UPLOAD).digest();
    private static final String DOWNLOAD_DIGEST = Body.pattern(DOWNLOAD).digest();

    private final Supplier<InetSocketAddress> plain;
    private final Supplier<InetSocketAddress> tls;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicInteger> served = new ConcurrentHashMap<>();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile boolean done;

    /// Begins.
    ///
    /// @param plain where plaintext is spoken at the moment; who is refused there waits until it is another place
    /// @param tls the same for TLS
    /// @param tunnels after how many messages WebSockets end at last
    public static MixedLoad on(Supplier<InetSocketAddress> plain, Supplier<InetSocketAddress> tls, int tunnels) {
        var load = new MixedLoad(plain, tls);
        load.start(tunnels);
        return load;
    }

    private MixedLoad(Supplier<InetSocketAddress> plain, Supplier<InetSocketAddress> tls) {
        this.plain = plain;
        this.tls = tls;
    }

    private void start(int tunnels) {
        for (boolean secure : new boolean[] {false, true}) {
            var kind = secure ? " tls" : "";
            client("h1 kept" + kind, () -> http1(secure, Integer.MAX_VALUE));
            client("h1 kept for some" + kind, () -> http1(secure, 20));
            client("h1 new" + kind, () -> http1(secure, 1));
            client("h1 new too" + kind, () -> http1(secure, 1));
            client("h2 kept" + kind, () -> http2(secure, Integer.MAX_VALUE));
            client("h2 new" + kind, () -> http2(secure, 1));
            client("h1 upload" + kind, () -> slowUpload(secure));
            client("h2 upload" + kind, () -> http2Upload(secure));
            client("download" + kind, () -> download(secure));
            client("websocket kept" + kind, () -> webSocket(secure, tunnels));
            client("websocket" + kind, () -> webSocket(secure, 10));
        }
    }

    /// One connection after the other.
    private void client(String kind, Runnable connection) {
        var count = new AtomicInteger();
        served.put(kind, count);
        threads.add(Thread.ofVirtual().name(kind).start(() -> {
            while (!done) {
                try {
                    connection.run();
                } catch (Over _) {
                    think();
                } catch (RuntimeException | AssertionError broken) {
                    fail(broken.toString());
                }
            }
        }));
    }

    private void http1(boolean secure, int requests) {
        try (var client = h1(secure)) {
            for (int i = 0; i < requests && !done; i++) {
                think();
                var answer = client.exchange(get("/headers"));
                check(answer, "request " + i);
                if (isLast(answer)) {
                    return;
                }
            }
        }
    }

    private void http2(boolean secure, int rounds) {
        try (var client = h2(secure)) {
            for (int i = 0; i < rounds && !done; i++) {
                think();
                var streams = new ArrayList<Integer>();
                for (int s = 0; s < 4; s++) {
                    int stream = client.nextStream();
                    client.offerGet(stream, "app.example", "/headers");
                    streams.add(stream);
                }
                for (int stream : streams) {
                    check(client, stream, "stream " + stream);
                }
                if (client.goneAway()) {
                    ended.incrementAndGet();
                    return;
                }
            }
        }
    }

    /// So slow that what it meets at the beginning and at the end may be two.
    private void slowUpload(boolean secure) {
        try (var client = h1(secure)) {
            client.send(head(
                    "POST /discard?" + ThreadLocalRandom.current().nextInt() + " HTTP/1.1",
                    "Host: app.example",
                    "Content-Length: " + UPLOAD));
            var bytes = new byte[UPLOAD];
            Body.pattern(UPLOAD).fill(0, bytes, 0, UPLOAD);
            for (int at = 0; at < UPLOAD; at += UPLOAD / 10) {
                client.send(Arrays.copyOfRange(bytes, at, at + UPLOAD / 10));
                think();
            }
            checkUpload(client.read("POST"));
        }
    }

    private void http2Upload(boolean secure) {
        try (var client = h2(secure)) {
            for (int i = 0; i < 5 && !done; i++) {
                think();
                int stream = client.nextStream();
                client.headers(stream, false, client.request("POST", "app.example", "/discard"));
                client.send(stream, Body.pattern(UPLOAD), true, 10_000);
                var answer = client.answer(stream);
                if (client.notLookedAt(stream)) {
                    ended.incrementAndGet();
                    return;
                }
                checkUpload(answer);
                if (client.goneAway()) {
                    ended.incrementAndGet();
                    return;
                }
            }
        }
    }

    private void download(boolean secure) {
        try (var client = h1(secure)) {
            for (int i = 0; i < 5 && !done; i++) {
                think();
                var answer = client.exchange(get("/bytes?n=" + DOWNLOAD));
                if (!answer.body().digest().equals(DOWNLOAD_DIGEST)) {
                    fail("download " + answer);
                    return;
                }
                check(answer, "download " + i);
                if (isLast(answer)) {
                    return;
                }
            }
        }
    }

    private void webSocket(boolean secure, int messages) {
        try (var client = h1(secure)) {
            client.send(get(
                    "/websocket",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
            var answer = client.read();
            if (answer.status() != 101) {
                fail("websocket " + answer);
                return;
            }
            for (int i = 0; i < messages && !done; i++) {
                think();
                var message = "message %06d".formatted(i);
                client.send(message.getBytes(ISO_8859_1));
                var echo = client.readText(message.length());
                if (!echo.equals(message)) {
                    fail("websocket said '" + echo + "'");
                    return;
                }
                count();
            }
            client.finish();
        }
    }

    private RawHttp1Client h1(boolean secure) {
        return connected(
                secure ? tls : plain,
                address -> secure
                        ? RawHttp1Client.tls(
                                address, "app.example", ProxyUnderTest.pki().trusting())
                        : RawHttp1Client.plain(address));
    }

    private H2RawClient h2(boolean secure) {
        return connected(
                secure ? tls : plain,
                address -> secure
                        ? H2RawClient.tls(
                                address, "app.example", ProxyUnderTest.pki().trusting())
                        : H2RawClient.plain(address));
    }

    /// Who is refused where nobody listens any more goes where somebody does.
    private <C> C connected(Supplier<InetSocketAddress> where, Function<InetSocketAddress, C> connect) {
        while (true) {
            var address = where.get();
            try {
                return connect.apply(address);
            } catch (UncheckedIOException refused) {
                if (!(refused.getCause() instanceof ConnectException)) {
                    throw refused;
                }
                try {
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(10))
                            .until(() -> !where.get().equals(address));
                } catch (ConditionTimeoutException stillThere) {
                    throw refused;
                }
            }
        }
    }

    private boolean isLast(Answer answer) {
        boolean last = answer.fields().values("Connection").stream().anyMatch("close"::equalsIgnoreCase);
        if (last) {
            ended.incrementAndGet();
        }
        return last;
    }

    private void check(H2RawClient client, int stream, String what) {
        var answer = client.answer(stream);
        if (!client.notLookedAt(stream)) {
            check(answer, what);
        }
    }

    private void check(Answer answer, String what) {
        if (answer.status() == 200 && answer.ending() == Ending.COMPLETE) {
            count();
        } else {
            fail(what + ": " + answer);
            throw new Over();
        }
    }

    private void checkUpload(Answer answer) {
        if (answer.text().equals(UPLOAD + " " + UPLOAD_DIGEST)) {
            count();
        } else {
            fail("upload: " + answer);
            throw new Over();
        }
    }

    /// The rest of a connection is not worth a second failure.
    private static final class Over extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private void fail(String what) {
        failures.add(Instant.now() + " " + Thread.currentThread().getName() + ": " + what);
    }

    private void count() {
        Objects.requireNonNull(served.get(Thread.currentThread().getName())).incrementAndGet();
    }

    /// People do not ask without a pause either, and the machine has other tests to run.
    private static void think() {
        try {
            Thread.sleep(1 + ThreadLocalRandom.current().nextInt(8));
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// Waits until each client was served once more, or something has failed.
    public void awaitEverybody() {
        var before = new ConcurrentHashMap<String, Integer>();
        served.forEach((kind, count) -> before.put(kind, count.get()));
        Awaitility.await("each client is served")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !failures.isEmpty()
                        || served.entrySet().stream()
                                .allMatch(entry -> entry.getValue().get() > before.getOrDefault(entry.getKey(), 0)));
    }

    /// What went wrong so far, in words.
    public List<String> failures() {
        return List.copyOf(failures);
    }

    /// How often each kind of client got what it asked for.
    public int served() {
        return served.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    /// How many connections were ended by the proxy, as it may.
    public int ended() {
        return ended.get();
    }

    @Override
    public void close() {
        finish();
    }

    /// Lets everybody finish what they began, and begin nothing else.
    ///
    /// @return what went wrong, in words
    public List<String> finish() {
        done = true;
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
        return failures();
    }
}
