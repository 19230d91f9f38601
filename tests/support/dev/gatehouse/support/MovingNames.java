package dev.gatehouse.support;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Names whose addresses tests set; Java asks here before it asks the system.
public final class MovingNames extends InetAddressResolverProvider {
    private static final Map<String, InetAddress> ADDRESSES = new ConcurrentHashMap<>();

    /// From now on the name has that address.
    public static void move(String name, String address) {
        ADDRESSES.put(name, InetAddress.ofLiteral(address));
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        var system = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                var known = ADDRESSES.get(host);
                return known == null
                        ? system.lookupByName(host, policy)
                        : Stream.of(InetAddress.getByAddress(host, known.getAddress()));
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return system.lookupByAddress(address);
            }
        };
    }

    @Override
    public String name() {
        return "moving names of tests";
    }
}
