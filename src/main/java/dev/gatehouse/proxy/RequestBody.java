package dev.gatehouse.proxy;

import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.header.ResponseHeaders;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.upstream.RepeatableBody;
import dev.gatehouse.upstream.UpstreamPool;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/// A client's body with only those trailers that may be passed on (RFC 9110 §6.5.1).
record RequestBody(Content.Source client) implements Content.Source {
    /// What an upstream gets. HTTP/2 can refuse a request without a loss (RFC 9113 §8.7): there, a body that is not too
    /// long is kept for another attempt.
    static Content.Source of(Exchange exchange, RouteConfig route, UpstreamPool pool) {
        long length = exchange.contentLength();
        if (length == 0) {
            return exchange.body();
        }
        // A known length excludes trailers in HTTP/1.1 only.
        var body = length < 0 || route.http2() ? new RequestBody(exchange.body()) : exchange.body();
        return route.http2() && length <= RepeatableBody.MAX_KEPT ? pool.repeatable(body) : body;
    }

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
