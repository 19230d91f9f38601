package dev.gatehouse.upstream;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Callback;

/// A request's body in HTTP/2: DATA frames, and a second HEADERS frame for trailers (RFC 9113 §8.1). The head is sent
/// before. Confined to its loop.
final class Http2Body extends BodyPump {
    private final Stream stream;

    Http2Body(Owner owner, UpstreamCall call, Stream stream) {
        super(owner, call);
        this.stream = stream;
    }

    @Override
    boolean hasHead() {
        return false;
    }

    @Override
    void writeHead() {
        throw new IllegalStateException("the head is sent");
    }

    @Override
    void write(Content.Chunk next, boolean isLast) {
        var data = next.getByteBuffer();
        if (!(next instanceof Trailers trailers)) {
            stream.data(new DataFrame(stream.getId(), data, isLast), this);
        } else if (data.hasRemaining()) {
            stream.data(
                    new DataFrame(stream.getId(), data, false),
                    Callback.from(getInvocationType(), () -> end(trailers.getTrailers()), this::failed));
        } else {
            end(trailers.getTrailers());
        }
    }

    private void end(HttpFields trailers) {
        var fields = new MetaData(HttpVersion.HTTP_2, trailers);
        stream.headers(new HeadersFrame(stream.getId(), fields, null, true), this);
    }
}
