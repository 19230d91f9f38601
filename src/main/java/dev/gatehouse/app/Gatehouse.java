package dev.gatehouse.app;

import dev.gatehouse.config.GatehouseConfig;
import java.net.InetSocketAddress;
import java.util.List;

/// A running proxy.
public final class Gatehouse implements AutoCloseable {
    private Gatehouse() {}

    /// Listens on all addresses of the configuration, or on none.
    public static Gatehouse start(GatehouseConfig config) throws StartException {
        if (!Boolean.getBoolean("gatehouse.stub")) {
            throw new StartException("nothing to run yet: " + config.file(), null);
        }
        return new Gatehouse();
    }

    /// Where plaintext is spoken.
    public List<InetSocketAddress> plainAddresses() {
        return List.of();
    }

    /// Where TLS is spoken.
    public List<InetSocketAddress> tlsAddresses() {
        return List.of();
    }

    @Override
    public void close() {}
}
