package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.http.Failure;
import dev.gatehouse.loop.LoopEndPoint;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/// Jetty's HTTP/1 connection with our channel, our limit for slow heads, and no reading on suspicion. Confined to its
/// loop.
final class Http1Connection extends HttpConnection implements Draining {
    private final LoopEndPoint socket;
    private final Http1Channel channel;
    private final HeadWatch headWatch;
    private @Nullable Heads heads;
    private boolean draining;
    private boolean ending;

    Http1Connection(
            HttpConfiguration configuration,
            Connector connector,
            EndPoint endPoint,
            LoopEndPoint socket,
            Front front,
            ClientConnection client) {
        super(configuration, connector, endPoint);
        this.socket = socket;
        this.channel = (Http1Channel) getHttpChannel();
        this.headWatch = new HeadWatch(
                socket.loop(),
                front.timeouts(),
                this::memoryIsShort,
                this::getBytesIn,
                socket::takeWhatCame,
                this::headTooSlow);
        channel.init(front, client);
    }

    /// What is wrong with the body that is being read; null as long as nothing is known.
    @Nullable
    Failure bodyFailure() {
        return ((Http1Parser) getParser()).bodyFailure();
    }

    /// Whether there are bytes that were not parsed.
    boolean bytesBehind() {
        return !isRequestBufferEmpty();
    }

    boolean memoryIsShort() {
        return ((FrontConnector) getConnector()).memoryIsShort();
    }

    LoopEndPoint socket() {
        return socket;
    }

    @Override
    protected HttpChannel newHttpChannel(Server server, HttpConfiguration configuration) {
        return new Http1Channel(this);
    }

    @Override
    protected RequestHandler newRequestHandler() {
        var made = new Heads();
        heads = made;
        return made;
    }

    /// Called by the constructor of Jetty's connection.
    @Override
    protected HttpParser newHttpParser(HttpCompliance compliance) {
        var limits = ((FrontConnector) getConnector()).front().limits();
        boolean plain = getEndPoint() instanceof LoopEndPoint;
        var made = new Http1Parser(Objects.requireNonNull(heads), limits, plain, compliance);
        made.setHeaderCacheSize(getHttpConfiguration().getHeaderCacheSize());
        made.setHeaderCacheCaseSensitive(getHttpConfiguration().isHeaderCacheCaseSensitive());
        return made;
    }

    @Override
    protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
        // What could not be read has no request line; the answer is HTTP/1.1, which knows `Connection: close`.
        return getParser().isTerminated()
                ? new Stream("-", "*", HttpVersion.HTTP_1_1)
                : new Stream(method, uri, version);
    }

    @Override
    public void onOpen() {
        if (!channel.client().secure()) {
            headWatch.start();
        }
        super.onOpen();
        if (draining()) {
            endIfSilent();
        }
    }

    /// The time for the first head begins.
    void handshakeDone() {
        headWatch.start();
    }

    @Override
    public void onFillable() {
        super.onFillable();
        watchHead();
    }

    /// Called by Jetty when an answer is complete: unless bytes are left, there is nothing to read yet.
    @Override
    public void run() {
        if (isRequestBufferEmpty() && getParser().isStart() && getEndPoint().isOpen()) {
            fillInterested();
            if (draining()) {
                endIfSilent();
            }
        } else {
            onFillable();
        }
    }

    boolean draining() {
        return draining || ((FrontConnector) getConnector()).draining();
    }

    @Override
    public void drain() {
        draining = true;
        if (!channel.busy()) {
            endIfSilent();
        }
    }

    /// Nobody has told the client that there is an end: its next request may be on its way, and the answer will say it.
    private void endIfSilent() {
        if (!ending) {
            ending = true;
            var patience = getMessagesIn() == 0 ? FIRST_REQUEST : NEXT_REQUEST;
            socket.loop().schedule(this::endNowIfSilent, patience.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void endNowIfSilent() {
        ending = false;
        if (!channel.busy() && getEndPoint().isOpen() && !replaced()) {
            socket.takeWhatCame();
            if (!channel.busy() && getParser().isStart() && getEndPoint().isOpen() && !replaced()) {
                getEndPoint().close();
            }
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean replaced() {
        return getEndPoint().getConnection() != this;
    }

    private void watchHead() {
        if (channel.busy() || !getEndPoint().isOpen() || replaced()) {
            headWatch.stop();
        } else if (!headWatch.isRunning()
                && !getParser().isStart()
                && !getParser().isTerminated()) {
            headWatch.start();
        }
    }

    /// The limits of silence and of heads may be the same: a head that has begun is answered in any case.
    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        if (!channel.busy() && ((Http1Parser) getParser()).inHead()) {
            headWatch.stop();
            headTooSlow();
            return false;
        }
        return super.onIdleExpired(timeout);
    }

    private void headTooSlow() {
        if (channel.busy() || !getEndPoint().isOpen() || replaced()) {
            return;
        }
        var handler = heads;
        if (getParser().isStart() || handler == null) {
            getEndPoint().close();
            return;
        }
        channel.headTimedOut();
        getParser().close();
        handler.badMessage(new HttpException.RuntimeException(408, "header section took too long"));
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        headWatch.stop();
        super.onClose(cause);
        channel.closed();
    }

    /// Makes the parser's events reachable, and counts trailers.
    private final class Heads extends RequestHandler {
        private int trailers;

        @Override
        public void startRequest(String method, String uri, HttpVersion version) {
            trailers = 0;
            super.startRequest(method, uri, version);
        }

        @Override
        public void parsedTrailer(HttpField field) {
            if (++trailers > channel.front().limits().requestHeaderCount()) {
                throw new Refusal(Failure.FIELDS_TOO_LARGE, "trailers");
            }
            super.parsedTrailer(field);
        }
    }

    private final class Stream extends HttpStreamOverHTTP1 {
        Stream(String method, String uri, HttpVersion version) {
            super(method, uri, version);
            // Jetty fills the authority from Host; the road must know what the client wrote.
            channel.authorityGiven(!uri.startsWith("/") && !uri.equals("*"));
        }

        @Override
        public void parsedHeader(HttpField field) {
            if (field.getHeader() == HttpHeader.UPGRADE || field.getHeader() == HttpHeader.EXPECT) {
                channel.holdBack(field);
            } else {
                if (field.getHeader() == HttpHeader.HOST) {
                    ((Http1Parser) getParser()).checkHost(field.getValue());
                }
                super.parsedHeader(field);
            }
        }
    }
}
