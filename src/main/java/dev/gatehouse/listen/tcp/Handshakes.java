package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.loop.LoopEndPoint;
import dev.gatehouse.observe.RateLimited;
import dev.gatehouse.tls.Alerts;
import dev.gatehouse.tls.ChallengeSource;
import dev.gatehouse.tls.ClientHello;
import dev.gatehouse.tls.Site;
import dev.gatehouse.tls.TlsEngines;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/// Begins TLS connections: reads the ClientHello, decides by it, and hands the same bytes to an engine.
final class Handshakes {
    private static final String TLS_1_3 = "TLSv1.3";
    private static final String HTTP_2 = "h2";
    private static final List<String> CHALLENGE = List.of(ChallengeSource.ALPN);
    private static final String HTTP_1 = "http/1.1";
    private static final int USUAL_BYTES = 4 * 1024;
    private static final byte[] PLAIN_HTTP = """
        HTTP/1.1 400 Bad Request\r
        Content-Type: text/plain\r
        Content-Length: 51\r
        Connection: close\r
        \r
        This port speaks TLS: use https:// instead of http:
        """.stripTrailing().getBytes(StandardCharsets.US_ASCII);

    private final FrontConnector connector;
    private final HandshakeBudget budget;
    private final HandshakeTurns[] turns;
    private final HandshakeLog log;

    /// @param turns by loop index
    Handshakes(FrontConnector connector, HandshakeBudget budget, HandshakeTurns[] turns, RateLimited log) {
        this.connector = connector;
        this.budget = budget;
        this.turns = turns;
        this.log = new HandshakeLog(log);
    }

    /// The first connection of a socket whose client should speak TLS.
    Connection begin(LoopEndPoint socket) {
        return new Hello(socket);
    }

    /// Reads until the ClientHello is whole. Confined to its loop.
    private final class Hello extends AbstractConnection
            implements Connection.UpgradeFrom, SslHandshakeListener, Draining {
        private final LoopEndPoint socket;
        private @Nullable RetainableByteBuffer in;
        private int wanted;
        private Scheduler.@Nullable Task timer;
        /// What it has of the time limit since then, in nanoseconds; 0 is no limit.
        private long left;

        private long since;
        private @Nullable String serverName;
        private @Nullable ClientConnection client;
        private @Nullable Runnable headBegins;
        private HandshakeTurns.@Nullable UnderWay underWay;
        /// Waits for its turn.
        private boolean waiting;
        /// Had to wait for one.
        private boolean late;
        /// The time limit is over; what came in time may still have to be read.
        private boolean deciding;
        /// No byte is for us any more.
        private boolean done;

        Hello(LoopEndPoint socket) {
            super(socket, connector.getExecutor());
            this.socket = socket;
        }

        @Override
        public void onOpen() {
            super.onOpen();
            left = connector.front().timeouts().tlsHandshake().toNanos();
            startTimer();
            socket.whenClosed(this::stopTimer);
            fillInterested();
            if (connector.draining()) {
                drain();
            }
        }

        /// What follows it drains on its own.
        @Override
        public void drain() {
            socket.loop().schedule(this::closeUnlessDone, FIRST_REQUEST.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void closeUnlessDone() {
            if (waiting) {
                drain();
            } else if (!done) {
                close();
            }
        }

        /// What came while we were late is read first.
        private void tooSlow() {
            deciding = true;
            socket.takeWhatCame();
            if (!deciding || waiting || !socket.isOpen()) {
                return;
            }
            stopTimer();
            if (done) {
                log.failed(socket, "tls.timeout", serverName, "time limit");
            } else if (in == null || in.remaining() == 0) {
                silent("time limit");
            } else {
                log.failed(socket, "tls.slow_hello", null, "time limit");
            }
            finish();
            socket.close(new IOException("handshake too slow"));
        }

        private void startTimer() {
            since = System.nanoTime();
            if (left > 0) {
                timer = socket.loop().schedule(this::tooSlow, left, TimeUnit.NANOSECONDS);
            }
        }

        private void stopTimer() {
            deciding = false;
            var running = timer;
            timer = null;
            if (running != null) {
                running.cancel();
            }
        }

        /// The time that it waits for us is not the client's.
        @Override
        public void onFillable() {
            waiting = true;
            var client = socket.getRemoteSocketAddress().getAddress();
            if (!turns[socket.loop().index()].take(client, this::readInTurn)) {
                late = true;
                if (left > 0) {
                    left = Math.max(1, left - (System.nanoTime() - since));
                }
                stopTimer();
                socket.suspendReading();
            }
        }

        private void readInTurn() {
            waiting = false;
            if (!socket.isOpen()) {
                return;
            }
            if (timer == null) {
                startTimer();
                socket.resumeReading();
            }
            try {
                read();
            } catch (IOException gone) {
                silent("connection lost");
                close();
            }
        }

        private void read() throws IOException {
            while (!done) {
                var buffer = room();
                int read = socket.fill(buffer);
                if (read < 0) {
                    silent("closed by the client");
                    close();
                    return;
                }
                if (read == 0) {
                    fillInterested();
                    return;
                }
                if (buffer.remaining() >= wanted) {
                    decide(buffer);
                }
            }
        }

        private ByteBuffer room() {
            var current = in;
            if (current == null) {
                current = connector.getByteBufferPool().acquire(USUAL_BYTES, true);
                in = current;
            } else if (BufferUtil.space(current.getByteBuffer()) == 0) {
                var larger = connector.getByteBufferPool().acquire(ClientHello.MAX_BYTES + USUAL_BYTES, true);
                BufferUtil.append(larger.getByteBuffer(), current.getByteBuffer());
                current.release();
                current = larger;
                in = larger;
            }
            return current.getByteBuffer();
        }

        private void decide(ByteBuffer bytes) {
            switch (ClientHello.parse(bytes)) {
                case ClientHello.NeedMore more -> wanted = more.atLeast();
                case ClientHello.Hello whole -> answer(whole.hello());
                case ClientHello.Bad bad -> {
                    log.failed(socket, bad.token(), null, bad.reason());
                    say(Alerts.fatal(bad.alertDescription()));
                }
                case ClientHello.NotTls other -> {
                    log.failed(socket, "l4.wrong_proto", null, "not TLS");
                    if (other.looksLikeHttp()) {
                        say(ByteBuffer.wrap(PLAIN_HTTP));
                    } else {
                        finish();
                        close();
                    }
                }
            }
        }

        private void answer(ClientHello hello) {
            var name = hello.serverName();
            serverName = name;
            if (hello.alpn().equals(CHALLENGE)) {
                challenge(hello);
                return;
            }
            var site = connector.front().sites().find(name);
            if (site == null) {
                log.failed(socket, "tls.sni", name, name == null ? "no server name" : "unknown server name");
                say(Alerts.fatal(Alerts.UNRECOGNIZED_NAME));
                return;
            }
            if (site.credentials() == null) {
                log.failed(socket, "tls.no_certificate", name, "no certificate yet");
                say(Alerts.fatal(Alerts.INTERNAL_ERROR));
                return;
            }
            var refusal = site.refusal(hello);
            if (refusal != null) {
                log.failed(socket, refusal.token(), name, refusal.cause());
                say(Alerts.fatal(refusal.alert()));
                return;
            }
            var alpn = hello.firstAlpn(site.alpn());
            if (alpn == null && !(hello.alpn().isEmpty() && site.alpn().contains(HTTP_1))) {
                log.failed(socket, "tls.alpn", name, "no common application protocol");
                say(Alerts.fatal(Alerts.NO_APPLICATION_PROTOCOL));
                return;
            }
            if (late && socket.hasEnded()) {
                silent("left while it waited");
                finish();
                close();
                return;
            }
            if (!affordable()) {
                return;
            }
            startTls(site, hello, alpn);
        }

        /// A CA looks who serves the name. No application sees anything of it.
        private void challenge(ClientHello hello) {
            var site = connector.front().challenges().challenge(hello.serverName());
            if (site == null) {
                log.failed(socket, "acme.alpn", serverName, "no challenge is pending");
                say(Alerts.fatal(Alerts.UNRECOGNIZED_NAME));
                return;
            }
            if (!affordable()) {
                return;
            }
            done = true;
            var tls = tls(connector.front().engines().newEngine(site, hello, ChallengeSource.ALPN));
            var end = tls.getSslEndPoint();
            var looking = new ChallengeConnection(end, getExecutor());
            tls.addHandshakeListener(looking);
            end.setConnection(looking);
            socket.upgrade(tls);
            release();
        }

        private boolean affordable() {
            var spent = budget.take(socket.getRemoteSocketAddress().getAddress(), System.nanoTime());
            if (spent != null) {
                shed(spent);
            }
            return spent == null;
        }

        private void shed(String limit) {
            log.refused(socket, limit);
            finish();
            close();
        }

        private void startTls(Site site, ClientHello hello, @Nullable String alpn) {
            done = true;
            var known = new ClientConnection(
                    socket.getRemoteSocketAddress(), socket.getLocalSocketAddress(), true, hello.serverName());
            client = known;
            socket.attach(known);
            var tls = tls(connector.front().engines().newEngine(site, hello, alpn));
            var end = tls.getSslEndPoint();
            if (HTTP_2.equals(alpn)) {
                var http = connector.http2(end, socket, known);
                headBegins = http::watchHead;
                end.setConnection(http);
            } else {
                var http = connector.http1(end, socket, known);
                headBegins = http::handshakeDone;
                end.setConnection(http);
            }
            socket.upgrade(tls);
            release();
        }

        private TlsConnection tls(SSLEngine engine) {
            int known = in == null ? 0 : in.remaining();
            var made = new TlsConnection(connector, socket, engine, known, this::flooded);
            var begun = turns[socket.loop().index()].begun();
            underWay = begun;
            socket.whenClosed(() -> socket.loop().execute(begun::over));
            made.addHandshakeListener(this);
            return made;
        }

        private void flooded() {
            log.failed(socket, "tls.flood", serverName, "too many records without data");
        }

        @Override
        public void handshakeSucceeded(Event event) {
            over();
            var next = headBegins;
            if (next != null) {
                next.run();
            }
            var known = client;
            if (known != null) {
                var tls = TlsEngines.completed(event.getSSLEngine());
                known.handshakeDone(tls);
                if (tls.version().equals(TLS_1_3)
                        && !HTTP_2.equals(event.getSSLEngine().getApplicationProtocol())) {
                    socket.acknowledgeNow(); // nothing of ours answers the Finished: there are no tickets
                }
            }
        }

        @Override
        public void handshakeFailed(Event event, Throwable cause) {
            over();
            if (cause instanceof SSLException && !(cause instanceof TlsConnection.FloodException)) {
                log.failed(socket, serverName, TlsEngines.failure(event.getSSLEngine(), cause));
            }
        }

        private void over() {
            stopTimer();
            var begun = underWay;
            if (begun != null) {
                begun.over();
            }
        }

        /// Port scanners and health checks do it all the time.
        private void silent(String cause) {
            log.failed(Level.DEBUG, socket, "tls.silent", null, cause);
        }

        /// The last words of a connection that came no further.
        private void say(ByteBuffer words) {
            finish();
            socket.write(
                    Callback.from(() -> socket.upgrade(new LingeringConnection(socket, getExecutor())), _ -> close()),
                    words);
        }

        private void finish() {
            done = true;
            stopTimer();
            release();
        }

        private void release() {
            var buffer = in;
            in = null;
            if (buffer != null) {
                buffer.release();
            }
        }

        /// What the engine gets.
        @Override
        public @Nullable ByteBuffer onUpgradeFrom() {
            var buffer = in;
            return buffer == null ? null : buffer.getByteBuffer();
        }

        /// Also called when the engine's connection takes over; then it still needs the bytes.
        @Override
        public void onClose(@Nullable Throwable cause) {
            super.onClose(cause);
            if (!done) {
                release();
            }
        }
    }
}
