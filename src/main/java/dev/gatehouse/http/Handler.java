package dev.gatehouse.http;

/// What a listener does with exchanges. On the connection's thread; must not block.
public interface Handler {
    /// A request to be served.
    void handle(Exchange exchange);

    /// A request that the listener cannot let pass.
    ///
    /// @param detail for the log only
    void refuse(Exchange exchange, Failure failure, String detail);
}
