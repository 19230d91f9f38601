package dev.gatehouse.listen.tcp;

import java.time.Duration;

/// A connection of HTTP that knows how to end in order; what is none of these has left HTTP. On the connection's loop.
interface Draining {
    /// How long a client that was served may take until its next request, if it does not know yet that there will be an
    /// end: one that asks again and again has it on its way already.
    Duration NEXT_REQUEST = Duration.ofSeconds(1);

    /// The same until the first request: the handshakes of a distant client take a while.
    Duration FIRST_REQUEST = Duration.ofSeconds(5);

    /// Says at the next occasion that there will be an end, and closes when what runs is answered, or nothing was asked
    /// for a while. May be called again.
    void drain();
}
