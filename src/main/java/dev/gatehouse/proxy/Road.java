package dev.gatehouse.proxy;

import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.header.RequestHeaders;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Handler;
import dev.gatehouse.loop.Loop;
import dev.gatehouse.observe.AccessLog;
import dev.gatehouse.observe.RateLimited;
import dev.gatehouse.route.Router;
import dev.gatehouse.upstream.Upstreams;
import org.eclipse.jetty.io.ByteBufferPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The road of all requests of one configuration. Each request is a [Passage].
public final class Road implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(Road.class);
    private static final int LINES_PER_MINUTE = 30;

    private final Router router;
    private final RequestHeaders headers;
    private final AccessLog accessLog;
    private final ByteBufferPool buffers;
    private final long maxBodyBytes;
    private final RateLimited log = new RateLimited(LOG, LINES_PER_MINUTE);
    /// By route ordinal, then loop.
    private final Lane[][] lanes;
    private final RetryBudget[] budgets;

    /// @param loops how many there are
    public Road(GatehouseConfig config, Upstreams upstreams, ByteBufferPool buffers, int loops, AccessLog accessLog) {
        this.router = Router.of(config);
        this.headers = RequestHeaders.of(config);
        this.accessLog = accessLog;
        this.buffers = buffers;
        this.maxBodyBytes = config.limits().requestMaxBodyBytes();
        lanes = new Lane[config.routeCount()][];
        for (var app : config.apps()) {
            for (var route : app.routes()) {
                lanes[route.ordinal()] = Lane.of(route, upstreams, loops);
            }
        }
        budgets = new RetryBudget[loops];
        for (int i = 0; i < loops; i++) {
            budgets[i] = new RetryBudget();
        }
    }

    @Override
    public void handle(Exchange exchange) {
        var passage = new Passage(this, exchange);
        try {
            passage.begin();
        } catch (RuntimeException bug) {
            LOG.error("request failed request_id={}", passage.requestId(), bug);
            passage.failed(Failure.BUG, bug.toString());
        }
    }

    @Override
    public void refuse(Exchange exchange, Failure failure, String detail) {
        new Passage(this, exchange).refuse(failure, detail);
    }

    Router router() {
        return router;
    }

    RequestHeaders headers() {
        return headers;
    }

    AccessLog accessLog() {
        return accessLog;
    }

    RateLimited log() {
        return log;
    }

    ByteBufferPool buffers() {
        return buffers;
    }

    long maxBodyBytes() {
        return maxBodyBytes;
    }

    Lane lane(int route) {
        return lanes[route][Loop.require().index()];
    }

    RetryBudget budget() {
        return budgets[Loop.require().index()];
    }
}
