package dev.gatehouse.listen.tcp;

/// A connection that knows how to end in order.
interface Draining {
    /// Takes no more requests, and closes when those that run are answered. On the connection's loop.
    void drain();
}
