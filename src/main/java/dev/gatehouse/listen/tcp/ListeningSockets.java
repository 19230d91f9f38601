package dev.gatehouse.listen.tcp;

import dev.gatehouse.handover.Descriptors;
import dev.gatehouse.loop.Loops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listening sockets: those that are wanted, and those that give way to them. One thread at a time but for what
/// says otherwise.
final class ListeningSockets {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningSockets.class);

    private final Loops loops;
    private final ListeningSocket.Taker taker;
    private final Map<InetSocketAddress, Integer> inherited;
    private final Map<Listening, ListeningSocket> sockets = new LinkedHashMap<>();
    /// Those of another process whose addresses were replaced by others of the same ports, until that process has ended
    /// to accept.
    private final List<ListeningSocket> superseded = new ArrayList<>();
    /// Those that accept, for readers on other threads.
    private volatile List<ListeningSocket> accepting = List.of();
    /// Sockets that are about to close, once their queues are empty.
    private final AtomicInteger retiring = new AtomicInteger();

    private int nextLoop;

    /// @param taker who gets the connections
    /// @param inherited descriptors of sockets that another process has passed on
    ListeningSockets(Loops loops, ListeningSocket.Taker taker, Map<InetSocketAddress, Integer> inherited) {
        this.loops = loops;
        this.taker = taker;
        this.inherited = new HashMap<>(inherited);
    }

    /// Binds sockets for what is wanted and not there yet; clients wait in their queues.
    ///
    /// @throws BindFailed with the address and what `bind(2)` says; then no new socket is left
    List<ListeningSocket> bind(Collection<Listening> wanted) throws BindFailed {
        var added = new ArrayList<ListeningSocket>();
        try {
            for (var one : wanted) {
                if (!sockets.containsKey(one)) {
                    var passed = inherited.remove(one.address());
                    added.add(
                            passed != null
                                    ? ListeningSocket.adopt(one, passed, false)
                                    : ListeningSocket.bind(
                                            one, holds(one.address().getPort())));
                }
            }
        } catch (BindFailed failed) {
            added.forEach(ListeningSocket::close);
            throw failed;
        }
        return added;
    }

    /// Whether a socket of ours has the port already: with another address or backlog, or without TLS.
    private boolean holds(int port) {
        return Stream.concat(sockets.keySet().stream().map(Listening::address), inherited.keySet().stream())
                .anyMatch(known -> known.getPort() == port);
    }

    /// New sockets accept, and those that are not wanted any more serve who waits in their queues and are closed.
    void put(Collection<ListeningSocket> added, Set<Listening> wanted) {
        for (var socket : added) {
            sockets.put(socket.listening(), socket);
            accept(socket);
        }
        sockets.entrySet().removeIf(entry -> {
            if (wanted.contains(entry.getKey())) {
                return false;
            }
            giveWay(entry.getValue());
            return true;
        });
        inherited.forEach((address, descriptor) -> wanted.stream()
                .filter(one -> one.address().getPort() == address.getPort())
                .findFirst()
                .ifPresentOrElse(
                        one -> supersede(new Listening(address, one.backlog(), one.tls()), descriptor),
                        () -> Descriptors.close(descriptor)));
        inherited.clear();
        publish();
    }

    /// Clients that mean an address that is replaced come to its socket as long as there is one.
    private void supersede(Listening old, int descriptor) {
        try {
            var socket = ListeningSocket.adopt(old, descriptor, true);
            superseded.add(socket);
            accept(socket);
        } catch (IOException failed) {
            LOG.debug("clients of {} may be reset", old.address(), failed);
        }
    }

    /// The process that passed sockets on has ended to accept.
    void giveUpSuperseded() {
        superseded.forEach(this::giveWay);
        superseded.clear();
        publish();
    }

    private void accept(ListeningSocket socket) {
        socket.accept(loops, loops.get(nextLoop++ % loops.count()), taker);
    }

    private void giveWay(ListeningSocket socket) {
        retiring.incrementAndGet();
        socket.giveWay(retiring::decrementAndGet);
    }

    private void publish() {
        accepting =
                Stream.concat(sockets.values().stream(), superseded.stream()).toList();
    }

    /// Accepts whom the kernel has accepted already and then nobody more.
    void retireAll() {
        for (var socket : accepting) {
            retiring.incrementAndGet();
            socket.retire(retiring::decrementAndGet);
        }
        sockets.clear();
        superseded.clear();
        publish();
    }

    /// Whether no socket is about to close. Any thread.
    boolean areRetired() {
        return retiring.get() == 0;
    }

    /// Those that accept. Any thread.
    List<ListeningSocket> accepting() {
        return accepting;
    }

    /// The address that was bound, by what was wanted.
    Map<Listening, InetSocketAddress> addresses() {
        var bound = new LinkedHashMap<Listening, InetSocketAddress>();
        sockets.forEach((wanted, socket) -> bound.put(wanted, socket.address()));
        return bound;
    }
}
