package dev.gatehouse.listen.tcp;

import dev.gatehouse.handover.Descriptors;
import dev.gatehouse.handover.ListeningTable;
import dev.gatehouse.loop.Acceptor;
import dev.gatehouse.loop.Loop;
import dev.gatehouse.loop.Loops;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One listening socket.
final class ListeningSocket {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningSocket.class);

    private final Listening listening;
    private final ServerSocketChannel channel;
    private final InetSocketAddress address;
    private final int descriptor;
    private @Nullable Acceptor acceptor;

    /// @param descriptor -1 where it is not known, or another process may have the socket too
    private ListeningSocket(
            Listening listening, ServerSocketChannel channel, InetSocketAddress address, int descriptor) {
        this.descriptor = descriptor;
        this.listening = listening;
        this.channel = channel;
        this.address = address;
    }

    /// Who takes connections over, on the socket's loop.
    interface Taker {
        /// @throws IOException closes the channel
        void accepted(SocketChannel channel, boolean tls) throws IOException;

        /// See [Acceptor#room].
        Acceptor.Room room(boolean tls, boolean last);
    }

    /// Binds; the kernel begins to accept.
    ///
    /// @param shared whether a socket of ours has the port already, maybe at an address that overlaps
    static ListeningSocket bind(Listening wanted, boolean shared) throws BindFailed {
        try {
            if (wanted.address().getPort() != 0) {
                probe(wanted.address(), shared);
            }
            return isIpv6(wanted.address()) ? bindIpv6(wanted) : bindIpv4(wanted);
        } catch (IOException failed) {
            throw new BindFailed(wanted.address(), failed);
        }
    }

    /// Goes on with a socket that another process has passed on.
    ///
    /// @param last whether both processes want nobody to come there any more, once this one has taken over
    static ListeningSocket adopt(Listening wanted, int descriptor, boolean last) throws BindFailed {
        try {
            var adopted = Descriptors.adopt(descriptor, wanted.backlog());
            return new ListeningSocket(wanted, adopted.channel(), adopted.address(), last ? adopted.descriptor() : -1);
        } catch (IOException failed) {
            throw new BindFailed(wanted.address(), failed);
        }
    }

    /// With SO_REUSEPORT the kernel would let us share a port with another process of the same user: without it, it
    /// says that the port is taken. Where it may be taken by a socket of ours, the kernel's table tells.
    private static void probe(InetSocketAddress address, boolean shared) throws IOException {
        try {
            // A socket that only binds: nobody can connect to it meanwhile.
            if (isIpv6(address)) {
                Descriptors.close(Descriptors.bindIpv6(address, false));
                return;
            }
            try (var channel = SocketChannel.open(StandardProtocolFamily.INET)) {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.bind(address);
            }
        } catch (IOException taken) {
            if (!shared || ListeningTable.othersHave(address)) {
                throw taken;
            }
        }
    }

    private static boolean isIpv6(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address;
    }

    private static ListeningSocket bindIpv4(Listening wanted) throws IOException {
        var channel = ServerSocketChannel.open(StandardProtocolFamily.INET);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            channel.configureBlocking(false);
            var before = Descriptors.listening();
            channel.bind(wanted.address(), wanted.backlog());
            var bound = (InetSocketAddress) channel.getLocalAddress();
            return new ListeningSocket(wanted, channel, bound, Descriptors.added(before, bound));
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    private static ListeningSocket bindIpv6(Listening wanted) throws IOException {
        int descriptor = Descriptors.bindIpv6(wanted.address(), true);
        try {
            Descriptors.listen(descriptor, wanted.backlog());
        } catch (IOException failed) {
            Descriptors.close(descriptor);
            throw failed;
        }
        var adopted = Descriptors.adopt(descriptor, wanted.backlog());
        return new ListeningSocket(wanted, adopted.channel(), adopted.address(), adopted.descriptor());
    }

    Listening listening() {
        return listening;
    }

    /// The address with its port.
    InetSocketAddress address() {
        return address;
    }

    /// Begins to take connections from the kernel's queue.
    void accept(Loops loops, Loop loop, Taker taker) {
        var made = new Acceptor(channel, loop) {
            @Override
            protected void accepted(SocketChannel client) throws IOException {
                taker.accepted(client, listening.tls());
            }

            @Override
            protected Room room(boolean last) {
                return taker.room(listening.tls(), last);
            }
        };
        acceptor = made;
        loops.listen(channel, made);
    }

    /// Takes what is in the kernel's queue, then closes, while another socket takes its place: clients that come in
    /// between are sent there.
    ///
    /// @param whenDone soon, on any thread
    void giveWay(Runnable whenDone) {
        if (descriptor >= 0) {
            try {
                Descriptors.dropConnects(descriptor);
            } catch (IOException unable) {
                LOG.debug("clients that connect to {} just now may be reset", address, unable);
            }
        }
        retire(whenDone);
    }

    /// Takes what is in the kernel's queue, then closes.
    ///
    /// @param whenDone soon, on any thread
    void retire(Runnable whenDone) {
        var running = acceptor;
        if (running == null) {
            close();
            whenDone.run();
        } else {
            running.retire(whenDone);
        }
    }

    /// Goes on after [Acceptor#room] was denied. Any thread.
    void resume() {
        var running = acceptor;
        if (running != null) {
            running.resume();
        }
    }

    /// Looks for clients. Any thread.
    ///
    /// @param alive told soon if it works
    void probe(Runnable alive) {
        var running = acceptor;
        if (running != null) {
            running.probe(alive);
        }
    }

    /// Closes a socket that never accepted.
    void close() {
        try {
            channel.close();
        } catch (IOException gone) {
            // Closed is what it should be.
        }
    }
}
