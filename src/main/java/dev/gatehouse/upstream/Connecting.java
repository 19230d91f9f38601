package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import dev.gatehouse.loop.LoopEndPoint;
import dev.gatehouse.loop.OpenFiles;
import dev.gatehouse.loop.Opening;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.IO;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// Makes a new connection for a call: name, TCP, TLS. Each of the three has the whole time limit for connecting; the
/// addresses of a name, each tried once, share that of TCP.
final class Connecting implements AddressList.Listener, SslHandshakeListener, Http2Connection.Opened {
    private static final String HTTP_2 = "h2";

    private final UpstreamPool pool;
    private final UpstreamCall call;
    private final @Nullable Http2Streams streams;
    private final AddressList addresses;
    private long began;
    private @Nullable Attempt attempt;
    private @Nullable LoopEndPoint endPoint;
    private @Nullable Http1Connection http1;
    private @Nullable Http2Connection http2;
    private Scheduler.@Nullable Task timer;
    /// For a file descriptor.
    private boolean waiting;

    /// @param streams who wants a connection of HTTP/2 and is told what becomes of it; null for HTTP/1.1
    Connecting(UpstreamPool pool, UpstreamCall call, @Nullable Http2Streams streams) {
        this.pool = pool;
        this.call = call;
        this.streams = streams;
        this.addresses = new AddressList(pool, call, this);
    }

    void begin() {
        call.onCancel(this::cancel);
        addresses.lookUp();
    }

    @Override
    public void found() {
        began = System.nanoTime();
        connectNext();
    }

    private void connectNext() {
        var files = pool.upstreams().files();
        if (!files.takeForUpstream()) {
            awaitDescriptor();
            return;
        }
        if (waiting) {
            waiting = false;
            stopTimer();
            began = System.nanoTime();
        }
        var address = addresses.next();
        call.phase(Phase.CONNECT);
        startTimer(shareMillis(), () -> connectFailed(Failure.CONNECT_TIMEOUT, "connect timed out"));
        var next = new Attempt(files);
        attempt = next;
        try {
            next.open();
        } catch (IOException none) {
            stopTimer();
            closeChannel();
            addresses.putBack();
            awaitDescriptor();
            return;
        }
        try {
            next.connect(new InetSocketAddress(address, pool.upstream().port()));
        } catch (IOException | IllegalArgumentException refused) { // the latter: IPv6 where there is none
            connectFailed(Failure.CONNECT_FAILED, Causes.message(refused));
        }
    }

    /// None is left: those of connections that nobody uses are given back, others come back with the end of calls.
    private void awaitDescriptor() {
        if (!waiting) {
            waiting = true;
            startTimer(limitMillis(), () -> fail(Failure.NO_DESCRIPTOR, "no file descriptor is free"));
        }
        pool.upstreams().closeSomeIdle();
        pool.upstreams().files().awaitOne(pool.loop(), call::over, this::connectNext);
    }

    /// One TCP connect; what Jetty says after it was given up no longer counts. Has taken a descriptor.
    private final class Attempt implements Opening {
        private final OpenFiles files;
        private @Nullable SocketChannel channel;
        private boolean over;

        Attempt(OpenFiles files) {
            this.files = files;
        }

        void open() throws IOException {
            channel = SocketChannel.open();
        }

        void connect(InetSocketAddress address) throws IOException {
            var channel = Objects.requireNonNull(this.channel);
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            LoopEndPoint.probePeer(channel);
            if (channel.connect(address)) {
                pool.upstreams().loops().adopt(channel, pool.loop(), this);
            } else {
                pool.upstreams().loops().finishConnect(channel, this);
            }
        }

        @Override
        public Connection open(LoopEndPoint opened) {
            over = true;
            opened.whenClosed(files::giveBack);
            return connected(opened);
        }

        @Override
        public void failed(Throwable cause) {
            if (!over) {
                connectFailed(Failure.CONNECT_FAILED, Causes.message(cause));
            }
        }

        void close() {
            if (over) {
                return;
            }
            over = true;
            IO.close(channel);
            files.giveBack();
        }
    }

    private Connection connected(LoopEndPoint opened) {
        stopTimer();
        pool.opened(opened);
        endPoint = opened;
        var upstream = pool.upstream();
        var engines = pool.engines();
        if (engines == null) {
            return http(opened, opened);
        }
        SSLEngine engine =
                engines.newEngine(upstream.host(), upstream.port(), streams == null ? List.of() : List.of(HTTP_2));
        engine.setUseClientMode(true);
        call.phase(Phase.TLS);
        var ssl = new SslConnection(pool.upstreams().buffers(), pool.executor(), null, opened, engine, true, true);
        ssl.setRequireCloseMessage(true);
        ssl.addHandshakeListener(this);
        opened.whenClosed(() -> pool.loop().execute(this::closed));
        var secured = ssl.getSslEndPoint();
        secured.setConnection(http(secured, opened));
        startTimer(limitMillis(), () -> tlsFailed(Failure.UPSTREAM_TLS_TIMEOUT, "TLS handshake timed out"));
        return ssl;
    }

    private Connection http(EndPoint at, LoopEndPoint socket) {
        boolean plain = pool.engines() == null;
        if (streams == null) {
            var made = new Http1Connection(pool, at, socket, plain ? this::ready : null);
            http1 = made;
            return made;
        }
        if (plain) {
            awaitSettings();
        }
        var made = Http2Connection.make(pool, streams, at, plain, this);
        http2 = made;
        return made;
    }

    @Override
    public void handshakeSucceeded(Event event) {
        var agreed = event.getSSLEngine().getApplicationProtocol();
        pool.loop().execute(() -> handshakeDone(agreed));
    }

    private void handshakeDone(@Nullable String agreed) {
        stopTimer();
        var made = http2;
        if (made == null) {
            ready();
        } else if (HTTP_2.equals(agreed)) {
            call.phase(Phase.CONNECT);
            awaitSettings();
            made.begin();
        } else {
            tlsFailed(Failure.UPSTREAM_TLS, "the upstream does not offer h2 (ALPN)");
        }
    }

    private void awaitSettings() {
        startTimer(limitMillis(), () -> {
            giveUp();
            fail(Failure.CONNECT_TIMEOUT, "no HTTP/2 SETTINGS in time");
        });
    }

    @Override
    public void ready(Http2Connection made) {
        stopTimer();
        if (!call.over()) {
            made.start(call);
        }
        Objects.requireNonNull(streams).connected(made);
    }

    @Override
    public void failed(String reason) {
        if (call.phase() != Phase.TLS) {
            giveUp();
            fail(Failure.CONNECT_FAILED, "the upstream does not speak HTTP/2: " + reason);
        }
    }

    @Override
    public void handshakeFailed(Event event, Throwable cause) {
        pool.loop().execute(() -> tlsFailed(Failure.UPSTREAM_TLS, TlsCause.of(cause)));
    }

    /// The socket is gone; if the handshake has not said why, it never will.
    private void closed() {
        if (call.phase() == Phase.TLS) {
            tlsFailed(Failure.UPSTREAM_TLS, "closed during the TLS handshake");
        }
    }

    private void ready() {
        var made = http1;
        if (made == null) {
            return;
        }
        if (call.over()) {
            made.close();
        } else {
            made.start(call);
        }
    }

    private void connectFailed(Failure failure, String detail) {
        stopTimer();
        closeChannel();
        if (call.over()) {
            return;
        }
        if (addresses.hasNext()) {
            connectNext();
        } else {
            addresses.lookUpAgain(failure, detail);
        }
    }

    private void tlsFailed(Failure failure, String detail) {
        pool.name().suspect();
        giveUp();
        fail(failure, detail);
    }

    @Override
    public void fail(Failure failure, String detail) {
        boolean over = call.over();
        call.fail(failure, detail);
        if (streams != null && !over) {
            streams.failed(failure, detail);
        }
    }

    private void cancel() {
        giveUp();
        if (streams != null) {
            streams.givenUp();
        }
    }

    private void giveUp() {
        stopTimer();
        var opened = endPoint;
        if (opened != null) {
            opened.close(new TimeoutException("given up"));
        } else {
            closeChannel();
        }
    }

    private void closeChannel() {
        var current = attempt;
        attempt = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public long limitMillis() {
        return call.timeouts().upstreamConnect().toMillis();
    }

    /// This address's part of what is left of the limit; 0 is no limit.
    private long shareMillis() {
        long limit = limitMillis();
        if (limit == 0) {
            return 0;
        }
        long left = limit - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        return Math.max(1, left / (addresses.left() + 1));
    }

    @Override
    public void startTimer(long millis, Runnable expired) {
        if (millis > 0) {
            timer = pool.loop().schedule(expired, millis, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void stopTimer() {
        var running = timer;
        timer = null;
        if (running != null) {
            running.cancel();
        }
    }
}
