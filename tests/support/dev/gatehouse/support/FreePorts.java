package dev.gatehouse.support;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports that nobody listens on, for whom must name a port before it is bound. Any thread.
///
/// They lie below those that the kernel gives to connections and to port 0, and are drawn by lot from so many that
/// JVMs of a parallel run do not meet between here and the use of one.
final class FreePorts {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;

    private FreePorts() {}

    static int next() {
        while (true) {
            // On all addresses, of both families.
            try (var socket = new ServerSocket(ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST))) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // Another one, then.
            }
        }
    }
}
