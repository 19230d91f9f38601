package dev.gatehouse.app;

import dev.gatehouse.handover.Descriptors;
import dev.gatehouse.handover.PassingSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The process whose place this one takes; mostly there is none. The other end of [Successor].
final class Predecessor implements AutoCloseable {
    /// Environment variable: the path of its socket.
    static final String PLACE = "GATEHOUSE_HANDOVER";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final @Nullable PassingSocket connection;
    private final List<Integer> output;
    private final Map<InetSocketAddress, Integer> sockets;

    private Predecessor(
            @Nullable PassingSocket connection, List<Integer> output, Map<InetSocketAddress, Integer> sockets) {
        this.connection = connection;
        this.output = output;
        this.sockets = sockets;
    }

    /// Finds it, and takes what it passes on.
    static Predecessor find() throws StartException {
        var place = System.getenv(PLACE);
        if (place == null) {
            return new Predecessor(null, List.of(), Map.of());
        }
        try {
            var connection = PassingSocket.connect(Path.of(place)).patience(PATIENCE);
            var passed = connection.receive();
            var sockets = new HashMap<InetSocketAddress, Integer>();
            for (int descriptor : passed.subList(2, passed.size())) {
                var address = Descriptors.address(descriptor);
                if (address == null || sockets.putIfAbsent(address, descriptor) != null) {
                    Descriptors.close(descriptor);
                }
            }
            return new Predecessor(connection, passed.subList(0, 2), sockets);
        } catch (IOException failed) {
            throw new StartException(
                    "upgrade",
                    "the process that " + PLACE + " names passes nothing on: " + failed.getMessage(),
                    "this variable is for gatehouse upgrade only",
                    failed);
        }
    }

    /// Whether there is one.
    boolean exists() {
        return connection != null;
    }

    /// Its listening sockets.
    Map<InetSocketAddress, Integer> sockets() {
        return sockets;
    }

    /// Lets it end.
    ///
    /// @param takeOver what only one of both can have
    /// @throws StartException it has changed its mind, and goes on
    void relieve(Runnable takeOver) throws StartException {
        var known = connection;
        if (known == null) {
            takeOver.run();
            return;
        }
        try {
            known.say("ready");
            if (!"go".equals(known.hear())) {
                throw new StartException("upgrade", "the process before this one has not let it take over", null, null);
            }
            Descriptors.move(output.get(0), 1);
            Descriptors.move(output.get(1), 2);
            takeOver.run();
            known.say("done " + ProcessHandle.current().pid());
        } catch (IOException failed) {
            throw new StartException(
                    "upgrade", "the process before this one has gone: " + failed.getMessage(), null, failed);
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.close();
        }
    }
}
