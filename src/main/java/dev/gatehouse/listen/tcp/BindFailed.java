package dev.gatehouse.listen.tcp;

import java.io.IOException;
import java.net.InetSocketAddress;

/// An address cannot be listened on: the port is taken, the address is not ours, the right is missing.
public final class BindFailed extends IOException {
    private static final long serialVersionUID = 1;

    private final InetSocketAddress address;

    BindFailed(InetSocketAddress address, IOException cause) {
        super(cause.getMessage(), cause);
        this.address = address;
    }

    /// What could not be had.
    public InetSocketAddress address() {
        return address;
    }
}
