package dev.gatehouse.proxy;

import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.LoadBalance;
import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.header.RequestHeaders;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.FixedResponse;
import dev.gatehouse.http.Handler;
import dev.gatehouse.loop.Loop;
import dev.gatehouse.observe.AccessLog;
import dev.gatehouse.observe.RateLimited;
import dev.gatehouse.route.Router;
import dev.gatehouse.upstream.UpstreamPool;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.io.ByteBufferPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The road of all requests of one configuration. Each request is a [Passage].
public final class Road implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(Road.class);
    private static final int LINES_PER_MINUTE = 30;

    private final Router router;
    private final RequestHeaders headers;
    private final AccessLog accessLog;
    private final FixedResponse.Source fixed;
    private final ByteBufferPool buffers;
    private final long maxBodyBytes;
    private final int maxRequestsPerUpstream;
    private final RateLimited log = new RateLimited(LOG, LINES_PER_MINUTE);
    private final int loops;
    /// By route ordinal, then loop.
    private final Lane[][] lanes;
    private final Map<Balanced, Lane[]> balanced = new HashMap<>();
    private final RetryBudget[] budgets;

    /// The road of the first configuration.
    ///
    /// @param pools the connections of a route with an upstream, by loop
    /// @param loops how many there are
    /// @param fixed is asked first
    public Road(
            GatehouseConfig config,
            BiFunction<RouteConfig, UpstreamConfig, UpstreamPool[]> pools,
            ByteBufferPool buffers,
            int loops,
            AccessLog accessLog,
            FixedResponse.Source fixed) {
        this(config, pools, buffers, loops, accessLog, fixed, null);
    }

    /// The road of the configuration that follows. Where upstreams and balancing of a route are as before, turns and
    /// what is known about the upstreams live on.
    public Road next(GatehouseConfig config, BiFunction<RouteConfig, UpstreamConfig, UpstreamPool[]> pools) {
        return new Road(config, pools, buffers, loops, accessLog, fixed, this);
    }

    private Road(
            GatehouseConfig config,
            BiFunction<RouteConfig, UpstreamConfig, UpstreamPool[]> pools,
            ByteBufferPool buffers,
            int loops,
            AccessLog accessLog,
            FixedResponse.Source fixed,
            @Nullable Road before) {
        this.router = Router.of(config);
        this.headers = RequestHeaders.of(config);
        this.accessLog = accessLog;
        this.fixed = fixed;
        this.buffers = buffers;
        this.maxRequestsPerUpstream = config.limits().maxRequestsPerUpstream();
        this.maxBodyBytes = config.limits().requestMaxBodyBytes();
        this.loops = loops;
        lanes = new Lane[config.routeCount()][];
        for (var app : config.apps()) {
            for (var route : app.routes()) {
                var its = route.upstreams().stream()
                        .map(upstream -> List.of(pools.apply(route, upstream)))
                        .toList();
                var key = new Balanced(app.name(), route.path(), route.loadBalance(), its);
                var known = before == null ? null : before.balanced.get(key);
                var made = known == null ? Lane.of(route.loadBalance(), its, loops) : known;
                balanced.put(key, made);
                lanes[route.ordinal()] = made;
            }
        }
        budgets = before == null
                ? Stream.generate(RetryBudget::new).limit(loops).toArray(RetryBudget[]::new)
                : before.budgets;
    }

    /// What must not change if the lanes of a route are to live on.
    ///
    /// @param pools by upstream, then loop; each is equal to itself only
    private record Balanced(String app, String path, LoadBalance how, List<List<UpstreamPool>> pools) {}

    /// The pools it may use.
    public Set<UpstreamPool> pools() {
        return balanced.keySet().stream()
                .flatMap(key -> key.pools.stream().flatMap(List::stream))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void handle(Exchange exchange) {
        run(new Passage(this, exchange), Passage::begin);
    }

    @Override
    public void refuse(Exchange exchange, Failure failure, String detail) {
        run(new Passage(this, exchange), passage -> passage.refuse(failure, detail));
    }

    /// Whatever goes wrong ends this request, and nothing else.
    private static void run(Passage passage, Consumer<Passage> step) {
        try {
            passage.identify();
            step.accept(passage);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError bug) {
            LOG.error("request failed request_id={}", passage.requestId(), bug);
            passage.failed(Failure.BUG, bug.toString());
        }
    }

    /// How it finds apps and routes.
    public Router router() {
        return router;
    }

    /// What upstreams get for header fields.
    public RequestHeaders headers() {
        return headers;
    }

    FixedResponse.Source fixed() {
        return fixed;
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

    int maxRequestsPerUpstream() {
        return maxRequestsPerUpstream;
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
