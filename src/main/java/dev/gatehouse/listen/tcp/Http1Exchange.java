package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.RequestFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// An exchange over HTTP/1 (RFC 9112), on Jetty's stream.
final class Http1Exchange extends BaseExchange {
    private final Http1Channel channel;
    private final HttpStream stream;
    private final long contentLength;
    private final HttpURI uri;
    private final boolean expectsSomething;
    private boolean expects;
    private boolean closing;
    private boolean handled;

    /// @param uri without an authority that the request line did not have
    Http1Exchange(Http1Channel channel, HttpStream stream, MetaData.Request request, HttpURI uri) {
        super(
                request,
                request.getHttpVersion() == HttpVersion.HTTP_1_0 ? Protocol.HTTP_1_0 : Protocol.HTTP_1_1,
                channel.client(),
                channel.front(),
                channel.underWay());
        this.channel = channel;
        this.stream = stream;
        this.uri = uri;
        long length = request.getContentLength();
        this.contentLength =
                length >= 0 ? length : request.getHttpFields().contains(HttpHeader.TRANSFER_ENCODING) ? -1 : 0;
        var expectation = Expectation.of(request.getHttpFields());
        // HTTP/1.0 does not know it (RFC 9110 §10.1.1).
        this.expects = contentLength != 0 && expectation == Expectation.CONTINUE && protocol() == Protocol.HTTP_1_1;
        this.expectsSomething = expectation == Expectation.UNKNOWN;
    }

    /// The road has it.
    void handledNow() {
        handled = true;
    }

    boolean handled() {
        return handled;
    }

    @Override
    public HttpURI uri() {
        return uri;
    }

    @Override
    public long contentLength() {
        return contentLength;
    }

    @Override
    public boolean expectsContinue() {
        return expects;
    }

    /// Whether the client expects what nobody knows (RFC 9110 §10.1.1).
    boolean expectsSomething() {
        return expectsSomething;
    }

    @Override
    boolean bodyDone() {
        return contentLength == 0 || super.bodyDone();
    }

    @Override
    Content.@Nullable Chunk readChunk() {
        return stream.read();
    }

    @Override
    Failure failureOfBody() {
        return channel.bodyFailure();
    }

    @Override
    void demandChunk() {
        stream.demand();
    }

    @Override
    public void interim(int status, HttpFields fields) {
        if (protocol() == Protocol.HTTP_1_0 || committed() || ended()) {
            return;
        }
        if (status == 100) {
            if (!expects) {
                return;
            }
            expects = false;
        }
        stream.send(
                request(),
                new MetaData.Response(status, null, HttpVersion.HTTP_1_1, fields),
                false,
                BufferUtil.EMPTY_BUFFER,
                Callback.NOOP);
    }

    @Override
    HttpFields complete(int status, HttpFields fields, boolean last) {
        if (!bodyDone() && (last || status >= 400 || expects) && !(last && finishesNow())) {
            // The rest of the body will not be read to its end: say so, and close after the answer (RFC 9112 §9.6).
            closing = true;
        }
        if (status != 101 && fields().contains(HttpHeader.UPGRADE) && channel.bytesBehind()) {
            // What the client sent behind its request may be of the other protocol (RFC 9110 §7.8).
            closing = true;
        }
        var completed = fields instanceof HttpFields.Mutable mutable ? mutable : HttpFields.build(fields);
        if (closing || channel.draining()) {
            completed.put(HttpFields.CONNECTION_CLOSE);
        }
        stream.prepareResponse(completed);
        return completed;
    }

    @Override
    void send(MetaData.@Nullable Response head, ByteBuffer content, boolean last, Callback callback) {
        if (last && !bodyDone() && !finishesNow()) {
            closing = true;
        }
        if (last && closing) {
            channel.lingerAfter(this);
        }
        stream.send(request(), head, last, content, callback);
    }

    /// Whether what is left of the body is here already.
    private boolean finishesNow() {
        if (expects || awaitsBody()) {
            return false;
        }
        for (var chunk = read(); chunk != null; chunk = read()) {
            if (Content.Chunk.isFailure(chunk)) {
                return false;
            }
            boolean end = chunk.isLast();
            chunk.release();
            if (end) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long room() {
        return Long.MAX_VALUE;
    }

    @Override
    int siblings() {
        return 0;
    }

    @Override
    void reset(Failure failure) {
        channel.reset(new RequestFailure(failure, "reset for the sake of others"));
    }

    @Override
    void close() {
        channel.finished(this, stream);
    }

    @Override
    public void abort(Failure failure) {
        if (ended()) {
            return;
        }
        end(failure);
        var cause = new RequestFailure(failure, "aborted");
        if (protocol() == Protocol.HTTP_1_0) {
            // The end of the connection could be taken for the end of the answer: reset it.
            channel.reset(cause);
        }
        stream.failed(cause);
    }

    @Override
    public void lastOfConnection() {
        closing = true;
    }

    @Override
    public void upgrade(HttpFields fields, Function<EndPoint, Connection> takeOver) {
        channel.upgradeTo(takeOver.apply(channel.endPoint()));
        respond(101, fields, BufferUtil.EMPTY_BUFFER, true, Callback.NOOP);
    }

    @Override
    long contentIn() {
        return bytesReceived();
    }

    @Override
    long contentOut() {
        return channel.bytesWritten();
    }

    @Override
    long ownContentOut() {
        return channel.bytesWritten();
    }

    @Override
    int awaited(boolean response, int change) {
        return 1;
    }

    @Override
    boolean memoryIsShort() {
        return channel.memoryIsShort();
    }

    @Override
    void probePeer() {
        channel.socket().probePeer();
    }

    @Override
    void readerTooSlow() {
        clientGone(Failure.READER_TIMEOUT);
        channel.reset(new IOException("client reads too slowly"));
    }

    /// A request with further fields.
    static MetaData.Request with(MetaData.Request request, List<HttpField> further) {
        var fields = HttpFields.build(request.getHttpFields());
        further.forEach(fields::add);
        return new MetaData.Request(
                request.getBeginNanoTime(),
                request.getMethod(),
                request.getHttpURI(),
                request.getHttpVersion(),
                fields.asImmutable(),
                request.getContentLength());
    }
}
