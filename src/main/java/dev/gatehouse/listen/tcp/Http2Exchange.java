package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import dev.gatehouse.http.RequestFailure;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Channel;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// An exchange over HTTP/2 (RFC 9113 §8), on one of Jetty's streams.
final class Http2Exchange extends BaseExchange implements HTTP2Channel.Server {
    private final Http2Connection connection;
    private final Http2Stream stream;
    private final long contentLength;
    private final Expectation expectation;
    private boolean expects;
    private Content.@Nullable Chunk trailersReceived;
    private boolean bodyless;

    Http2Exchange(Http2Connection connection, Http2Stream stream, HeadersFrame frame) {
        super(
                (MetaData.Request) frame.getMetaData(),
                Protocol.HTTP_2,
                connection.client(),
                connection.front(),
                connection.underWay());
        this.connection = connection;
        this.stream = stream;
        this.bodyless = frame.isEndStream();
        this.contentLength = bodyless ? 0 : fields().getLongField(HttpHeader.CONTENT_LENGTH);
        this.expectation = Expectation.of(fields());
        this.expects = !bodyless && expectation == Expectation.CONTINUE;
    }

    void handle() {
        if (ended()) {
            return;
        }
        var refused = HeadCheck.http2(this, bodyless, connection.front().limits());
        if (refused == null && expectation == Expectation.UNKNOWN) {
            refused = Failure.EXPECTATION_FAILED;
        }
        HandlerNet.handOver(this, connection.front().handler(), refused, "");
    }

    @Override
    public long contentLength() {
        return contentLength;
    }

    @Override
    public boolean expectsContinue() {
        return expects;
    }

    @Override
    boolean bodyDone() {
        return bodyless || super.bodyDone();
    }

    @Override
    Content.@Nullable Chunk readChunk() {
        if (bodyless) {
            return Content.Chunk.EOF;
        }
        var data = stream.readData();
        if (data == null) {
            return null;
        }
        var frame = data.frame();
        if (frame.isEndStream() && trailersReceived != null && frame.remaining() == 0) {
            data.release();
            return isShort() ? failBody(Failure.STREAM_LENGTH, "content_length=" + contentLength) : trailersReceived;
        }
        if (frame.remaining() == 0) {
            data.release();
            return frame.isEndStream() ? Content.Chunk.EOF : Content.Chunk.EMPTY;
        }
        return Content.Chunk.asChunk(frame.getByteBuffer(), frame.isEndStream(), data);
    }

    /// Jetty does not count where trailers end the body (RFC 9113 §8.1.1).
    private boolean isShort() {
        return contentLength >= 0 && bytesReceived() != contentLength;
    }

    /// More of the body came than was asked for, or some of it was taken.
    ///
    /// @param unread whether some is kept
    void bodyKept(boolean unread) {
        if (unread) {
            holdsMemory();
        } else if (!writing()) {
            goesOn();
        }
    }

    @Override
    void demandChunk() {
        stream.demand();
    }

    @Override
    public void interim(int status, HttpFields fields) {
        if (committed() || ended() || writing()) {
            return;
        }
        if (status == 100) {
            if (!expects) {
                return;
            }
            expects = false;
        }
        connection.headRoom(fields);
        var head = new MetaData.Response(status, null, HttpVersion.HTTP_2, fields);
        stream.headers(new HeadersFrame(stream.getId(), head, null, false), Callback.NOOP);
    }

    @Override
    void send(MetaData.@Nullable Response head, ByteBuffer content, boolean last, Callback callback) {
        int id = stream.getId();
        boolean hasContent = content.hasRemaining() && !method().equals("HEAD");
        var trailers = last ? trailers() : null;
        var end = trailers == null || trailers.size() == 0
                ? null
                : new HeadersFrame(id, new MetaData(HttpVersion.HTTP_2, trailers), null, true);
        if (end != null) {
            connection.headRoom(end.getMetaData().getHttpFields());
        }
        boolean dataEnds = last && end == null;
        if (head != null) {
            connection.headRoom(head.getHttpFields());
            var headers = new HeadersFrame(id, head, null, dataEnds && !hasContent);
            var data = hasContent ? new DataFrame(id, content, dataEnds) : null;
            stream.send(new HTTP2Stream.FrameList(headers, data, end), callback);
        } else if (end == null) {
            if (!hasContent && !last) {
                callback.succeeded();
            } else {
                stream.data(new DataFrame(id, content, dataEnds), callback);
            }
        } else if (hasContent) {
            stream.data(new DataFrame(id, content, false), new TrailersAfter(end, callback));
        } else {
            stream.headers(end, callback);
        }
    }

    private final class TrailersAfter extends Callback.Nested {
        private final HeadersFrame trailers;

        TrailersAfter(HeadersFrame trailers, Callback then) {
            super(then);
            this.trailers = trailers;
        }

        @Override
        public void succeeded() {
            stream.headers(trailers, getCallback());
        }
    }

    @Override
    public long room() {
        boolean later = underWay().budget().isShort() && connection.session().isWriting();
        return later ? 0 : connection.session().window(stream);
    }

    @Override
    int siblings() {
        return connection.session().getStreamCount() - 1;
    }

    /// Where the client does not read at all, nothing can be said to it.
    @Override
    void reset(Failure failure) {
        if (connection.session().isWriting()) {
            connection.getEndPoint().close(new RequestFailure(failure, "client does not read"));
        } else {
            connection.reset(stream, ErrorCode.ENHANCE_YOUR_CALM_ERROR);
        }
    }

    @Override
    void close() {
        if (!stream.isClosed()) {
            // The client may stop sending: the answer is complete (RFC 9113 §8.1).
            connection.reset(stream, ErrorCode.NO_ERROR);
        }
    }

    @Override
    public void abort(Failure failure) {
        if (ended()) {
            return;
        }
        end(failure);
        if (failure.isStreamError()) {
            connection.refuse(stream);
        } else {
            boolean untouched = failure == Failure.STREAM_REFUSED || failure.isRefusal();
            connection.reset(stream, untouched ? ErrorCode.REFUSED_STREAM_ERROR : ErrorCode.INTERNAL_ERROR);
        }
    }

    @Override
    public void lastOfConnection() {
        // Streams do not follow each other.
    }

    @Override
    public void upgrade(HttpFields fields, Function<EndPoint, Connection> takeOver) {
        throw new IllegalStateException("no upgrade in HTTP/2 (RFC 9113 §8.6)");
    }

    @Override
    long contentIn() {
        return connection.traffic().received();
    }

    @Override
    long contentOut() {
        return connection.traffic().taken();
    }

    @Override
    long ownContentOut() {
        return stream.contentSent();
    }

    @Override
    int awaited(boolean response, int change) {
        return connection.traffic().awaited(response, change);
    }

    @Override
    boolean memoryIsShort() {
        return connection.memoryIsShort();
    }

    @Override
    void probePeer() {
        connection.traffic().socket().probePeer();
    }

    @Override
    void readerTooSlow() {
        clientGone(connection.session().window(stream) <= 0 ? Failure.STREAM_STALLED : Failure.READER_TIMEOUT);
        connection.reset(stream, ErrorCode.CANCEL_STREAM_ERROR);
    }

    // ---- Jetty's side

    @Override
    public @Nullable Runnable onDataAvailable() {
        return this::bodyReady;
    }

    @Override
    public @Nullable Runnable onTrailer(HeadersFrame frame) {
        var fields = frame.getMetaData().getHttpFields();
        var refused = HeadCheck.trailers(fields, connection.front().limits());
        if (refused == null) {
            trailersReceived = new Trailers(fields.asImmutable());
        } else {
            failBody(refused, "trailers=" + fields.size());
        }
        return null;
    }

    @Override
    public void onTimeout(TimeoutException timeout, BiConsumer<Runnable, Boolean> consumer) {
        // The exchange has limits of its own.
        consumer.accept(null, ended());
    }

    @Override
    public Runnable onFailure(Throwable failure, Callback callback) {
        return () -> {
            clientGone(Failure.CLIENT_ABORTED);
            callback.succeeded();
        };
    }

    @Override
    public boolean isIdle() {
        return ended();
    }
}
