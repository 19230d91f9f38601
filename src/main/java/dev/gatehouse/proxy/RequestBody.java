package dev.gatehouse.proxy;

import dev.gatehouse.header.ResponseHeaders;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/// A client's body with only those trailers that may be passed on (RFC 9110 §6.5.1).
record RequestBody(Content.Source client) implements Content.Source {
    @Override
    public Content.@Nullable Chunk read() {
        var chunk = client.read();
        return chunk instanceof Trailers trailers ? new Trailers(allowed(trailers.getTrailers())) : chunk;
    }

    @Override
    public void demand(Runnable callback) {
        client.demand(callback);
    }

    @Override
    public void fail(Throwable cause) {
        client.fail(cause);
    }

    static HttpFields allowed(HttpFields trailers) {
        var kept = HttpFields.build();
        for (HttpField field : trailers) {
            if (ResponseHeaders.trailerAllowed(field)) {
                kept.add(field);
            }
        }
        return kept.asImmutable();
    }
}
