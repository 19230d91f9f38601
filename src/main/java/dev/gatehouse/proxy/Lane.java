package dev.gatehouse.proxy;

import dev.gatehouse.balance.Balancer;
import dev.gatehouse.config.LoadBalance;
import dev.gatehouse.config.UpstreamConfig;
import dev.gatehouse.upstream.UpstreamPool;
import java.util.List;

/// A route's upstreams as one loop sees them. Confined to its loop.
///
/// @param pools in the order of the route's list
/// @param balancer chooses among them
record Lane(List<UpstreamPool> pools, Balancer balancer) {
    /// The lanes of a route, by loop.
    ///
    /// @param pools by upstream of the route, then loop
    static Lane[] of(LoadBalance how, List<List<UpstreamPool>> pools, int loops) {
        var lanes = new Lane[loops];
        for (int loop = 0; loop < loops; loop++) {
            int index = loop;
            var its = pools.stream().map(perLoop -> perLoop.get(index)).toList();
            lanes[loop] = new Lane(its, new Balancer(how, its.size(), loop));
        }
        return lanes;
    }

    UpstreamConfig upstream(int index) {
        return pools.get(index).upstream();
    }
}
