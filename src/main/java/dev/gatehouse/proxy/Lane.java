package dev.gatehouse.proxy;

import dev.gatehouse.balance.Balancer;
import dev.gatehouse.config.RouteConfig;
import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.upstream.UpstreamPool;
import dev.gatehouse.upstream.Upstreams;
import java.util.List;
import java.util.stream.Stream;

/// A route's upstreams as one loop sees them. Confined to its loop.
///
/// @param pools in the order of the route's list
/// @param balancer chooses among them
record Lane(List<UpstreamPool> pools, Balancer balancer) {
    /// The lanes of a route, by loop.
    static Lane[] of(RouteConfig route, Upstreams upstreams, int loops) {
        var configs = route.upstreams();
        var all = configs.stream().map(upstreams::pools).toArray(UpstreamPool[][]::new);
        var lanes = new Lane[loops];
        for (int loop = 0; loop < loops; loop++) {
            int index = loop;
            var pools = Stream.of(all).map(perLoop -> perLoop[index]).toList();
            lanes[loop] = new Lane(pools, new Balancer(route.loadBalance(), pools.size(), loop));
        }
        return lanes;
    }

    UpstreamConfig upstream(int index) {
        return pools.get(index).upstream();
    }
}
