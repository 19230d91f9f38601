package dev.gatehouse.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/// Loopback ports that nobody listens on, for whom must name a port before it is bound. Any thread.
///
/// They lie below those that the kernel gives to connections and to port 0, and each JVM of a parallel run has a range
/// of its own, so that nobody else takes one between here and its use.
final class FreePorts {
    private static final int LOWEST = 10_000;
    private static final int OF_EACH = 4_000;
    private static final int RANGES = 5;
    private static final int FIRST = LOWEST + Math.floorMod(Integer.getInteger("gatehouse.fork", 0), RANGES) * OF_EACH;
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() % OF_EACH));

    private FreePorts() {}

    static int next() {
        for (int i = 0; i < OF_EACH; i++) {
            int port = FIRST + NEXT.getAndIncrement() % OF_EACH;
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // The next one, then.
            }
        }
        throw new IllegalStateException("no port is free from " + FIRST + " on");
    }
}
