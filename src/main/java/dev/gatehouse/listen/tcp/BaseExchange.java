package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.ClientConnection;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.RequestFailure;
import dev.gatehouse.loop.Loop;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// What exchanges of both HTTP versions share: the request, the limit of its body, and the one end.
abstract class BaseExchange extends PacedExchange implements Content.Source {
    private final MetaData.Request request;
    private final long began;
    private final Protocol protocol;
    private final ClientConnection client;
    private final Loop loop;
    private @Nullable Listener listener;
    private @Nullable Runnable demanded;
    private Content.@Nullable Chunk bodyFailure;
    private @Nullable HttpFields trailers;
    private boolean bodyDone;
    private boolean committed;
    private boolean ended;
    private boolean writing;
    private long sent;
    private long received;
    private boolean ending;
    private long maxBody;

    BaseExchange(
            MetaData.Request request,
            Protocol protocol,
            ClientConnection client,
            Front front,
            RequestsUnderWay underWay) {
        super(front.timeouts(), underWay);
        this.request = request;
        // A request that could not even be parsed has no time.
        this.began = request.getBeginNanoTime() == 0 ? System.nanoTime() : request.getBeginNanoTime();
        this.protocol = protocol;
        this.client = client;
        this.loop = Loop.require();
    }

    // ---- what the versions do differently

    /// The next piece of the body as Jetty has it.
    abstract Content.@Nullable Chunk readChunk();

    /// Asks Jetty to call when there is a next piece.
    abstract void demandChunk();

    /// What a body that Jetty gives up ends in.
    Failure failureOfBody() {
        return Failure.CLIENT_ABORTED;
    }

    /// Adds what the version itself has to say in the head of an answer.
    ///
    /// @param last whether this is the whole answer
    HttpFields complete(int status, HttpFields fields, boolean last) {
        return fields;
    }

    /// Sends a part of the answer.
    ///
    /// @param head null behind the head
    abstract void send(MetaData.@Nullable Response head, ByteBuffer content, boolean last, Callback callback);

    /// Ends it with a reset.
    abstract void reset(Failure failure);

    /// Everything was sent.
    abstract void close();

    // ---- the request

    MetaData.Request request() {
        return request;
    }

    @Override
    Loop loop() {
        return loop;
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public HttpURI uri() {
        return request.getHttpURI();
    }

    @Override
    public HttpFields fields() {
        return request.getHttpFields();
    }

    @Override
    public Protocol protocol() {
        return protocol;
    }

    @Override
    public ClientConnection connection() {
        return client;
    }

    @Override
    public Content.Source body() {
        return this;
    }

    @Override
    public void listener(Listener told) {
        listener = told;
    }

    @Override
    public void maxBody(long bytes) {
        maxBody = bytes;
    }

    @Override
    public long beganNanos() {
        return began;
    }

    @Override
    public long bytesSent() {
        return sent;
    }

    @Override
    public long bytesReceived() {
        return received;
    }

    @Override
    public boolean committed() {
        return committed;
    }

    @Override
    boolean ended() {
        return ended;
    }

    boolean bodyDone() {
        return bodyDone;
    }

    @Override
    boolean awaitsBody() {
        return demanded != null;
    }

    boolean writing() {
        return writing;
    }

    // ---- the body

    @Override
    public Content.@Nullable Chunk read() {
        var failed = bodyFailure;
        if (failed != null) {
            return failed;
        }
        if (bodyDone) {
            return Content.Chunk.EOF;
        }
        var chunk = readChunk();
        failed = bodyFailure;
        if (failed != null) {
            if (chunk != null) {
                chunk.release();
            }
            return failed;
        }
        if (chunk == null) {
            return null;
        }
        if (Content.Chunk.isFailure(chunk)) {
            return failBody(failureOfBody(), String.valueOf(chunk.getFailure().getMessage()));
        }
        received += chunk.remaining();
        if (received > maxBody) {
            chunk.release();
            return failBody(Failure.BODY_TOO_LARGE, "limit=" + maxBody);
        }
        bodyDone = chunk.isLast();
        return chunk;
    }

    @Override
    public void demand(Runnable callback) {
        demanded = callback;
        if (bodyFailure != null || bodyDone) {
            loop.execute(this::bodyReady);
        } else {
            demandChunk();
            if (demanded != null) {
                bodyWaitBegins();
            }
        }
    }

    /// Calls whoever waits for the body.
    void bodyReady() {
        var waiting = demanded;
        demanded = null;
        bodyWaitEnds();
        if (waiting != null) {
            HandlerNet.run(this, waiting);
        }
    }

    @Override
    public void fail(Throwable cause) {
        failBody(Failure.CLIENT_ABORTED, String.valueOf(cause.getMessage()));
    }

    /// The body ends in this failure; who waits is called.
    @Override
    void bodyTooSlow(Failure failure, String detail) {
        failBody(failure, detail);
        bodyReady();
    }

    /// From now on reading ends in this failure.
    Content.Chunk failBody(Failure failure, String detail) {
        var known = bodyFailure;
        if (known == null) {
            known = Content.Chunk.from(new RequestFailure(failure, detail), true);
            bodyFailure = known;
        }
        return known;
    }

    // ---- the answer

    @Override
    public void trailers(HttpFields fields) {
        if (protocol != Protocol.HTTP_1_0) {
            trailers = fields;
        }
    }

    @Nullable
    HttpFields trailers() {
        return trailers;
    }

    @Override
    public void respond(int status, HttpFields fields, ByteBuffer content, boolean last, Callback callback) {
        if (ended) {
            callback.failed(new RequestFailure(Failure.CLIENT_ABORTED, "client gone"));
            return;
        }
        committed = true;
        // Jetty takes the supplier for a wish to send chunks (RFC 9112 §7.1), which a known length excludes.
        boolean sized = fields.contains(HttpHeader.CONTENT_LENGTH);
        var head = new MetaData.Response(
                status,
                null,
                request.getHttpVersion(),
                complete(status, fields, last),
                -1,
                sized ? null : this::trailers);
        transmit(head, content, last, callback);
    }

    @Override
    public void write(ByteBuffer content, boolean last, Callback callback) {
        if (ended) {
            callback.failed(new RequestFailure(Failure.CLIENT_ABORTED, "client gone"));
            return;
        }
        transmit(null, content, last, callback);
    }

    @Override
    public void endWith(HttpFields fields) {
        if (!ended) {
            trailers(fields);
            ending = true;
            if (!writing) {
                write(BufferUtil.EMPTY_BUFFER, true, Callback.NOOP);
            }
        }
    }

    private void transmit(MetaData.@Nullable Response head, ByteBuffer content, boolean last, Callback callback) {
        writing = true;
        send(head, content, last, new Sent(content.remaining(), last, callback));
        if (writing && !ended) {
            writeWaitBegins();
            holdsMemory();
        }
    }

    private final class Sent implements Callback {
        private final int bytes;
        private final boolean last;
        private final Callback then;

        Sent(int bytes, boolean last, Callback then) {
            this.bytes = bytes;
            this.last = last;
            this.then = then;
        }

        @Override
        public void succeeded() {
            written();
            goesOn();
            sent += bytes;
            if (last && !ended) {
                end(null);
                close();
            } else if (ending && !ended) {
                write(BufferUtil.EMPTY_BUFFER, true, NOOP);
            }
            then.succeeded();
        }

        @Override
        public void failed(Throwable cause) {
            written();
            clientGone(cause instanceof RequestFailure known ? known.failure() : Failure.CLIENT_ABORTED);
            then.failed(cause);
        }

        private void written() {
            writing = false;
            writeWaitEnds();
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }

    // ---- the end

    @Override
    void giveWay() {
        if (!ended) {
            clientGone(Failure.GAVE_WAY);
            reset(Failure.GAVE_WAY);
        }
    }

    /// The client cannot be answered any more.
    void clientGone(Failure failure) {
        if (ended) {
            return;
        }
        ended = true;
        stopWaits();
        leave();
        failBody(failure, "client gone");
        var told = listener;
        if (told != null) {
            told.clientFailed(failure);
            told.ended(failure);
        }
        bodyReady();
    }

    /// @param failure null when the answer was sent in full
    void end(@Nullable Failure failure) {
        if (ended) {
            return;
        }
        ended = true;
        stopWaits();
        leave();
        demanded = null;
        var told = listener;
        if (told != null) {
            told.ended(failure);
        }
    }
}
