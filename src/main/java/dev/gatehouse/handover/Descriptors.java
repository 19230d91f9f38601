package dev.gatehouse.handover;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The file descriptors of this process, its listening TCP sockets among them, and Java's channels on those of another
/// one.
public final class Descriptors {
    private static final Path OURS = Path.of("/proc/self/fd");
    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int LONGEST_ADDRESS = 128;
    /// Size of a `struct sockaddr_in6`.
    private static final int IPV6_ADDRESS = 28;

    /// Classic BPF, from `linux/bpf_common.h`; the flags of TCP are byte 13 of its header (RFC 9293 §3.1).
    private static final long INSTRUCTION = 8;

    private static final int LOAD_BYTE = 0x30;
    private static final int JUMP_IF_SET = 0x45;
    private static final int RETURN = 0x06;
    private static final int TCP_FLAGS = 13;
    private static final int SYN = 0x02;

    /// Whether another process may have sockets of ours: what is done to one is then done to both.
    private static volatile boolean passedOn;

    private Descriptors() {}

    /// Those of all listening TCP sockets, for another process.
    public static List<Integer> toPassOn() throws IOException {
        passedOn = true;
        return listening();
    }

    /// Those of all listening TCP sockets.
    public static List<Integer> listening() throws IOException {
        var found = new ArrayList<Integer>();
        try (var all = Files.newDirectoryStream(OURS)) {
            for (var one : all) {
                int descriptor = Integer.parseInt(one.getFileName().toString());
                if (address(descriptor) != null) {
                    found.add(descriptor);
                }
            }
        }
        return found;
    }

    /// How many the process may have. The Java runtime has raised what the system gave at first to the most it may
    /// have.
    public static long limit() throws IOException {
        long limit = Native.getrlimit(Native.RLIMIT_NOFILE);
        return limit < 0 ? Long.MAX_VALUE : limit; // RLIM_INFINITY
    }

    /// How many the process has.
    public static int count() throws IOException {
        int found = 0;
        try (var all = Files.newDirectoryStream(OURS)) {
            for (var _ : all) {
                found++;
            }
        }
        return found;
    }

    /// Where a listening TCP socket listens; null for everything else.
    public static @Nullable InetSocketAddress address(int descriptor) throws IOException {
        try (var arena = Arena.ofConfined()) {
            if (Native.getsockopt(descriptor, Native.SO_ACCEPTCONN) == 0) {
                return null;
            }
            var name = arena.allocate(LONGEST_ADDRESS, Long.BYTES);
            Native.getsockname(descriptor, name);
            int port = Short.toUnsignedInt(name.get(PORT, 2));
            return switch (name.get(JAVA_SHORT, 0)) {
                case Native.AF_INET -> new InetSocketAddress(address(name, 4, 4), port);
                case Native.AF_INET6 -> new InetSocketAddress(address(name, 8, 16), port);
                default -> null;
            };
        } catch (Native.Failed noSocket) {
            return null;
        }
    }

    private static InetAddress address(MemorySegment name, int offset, int length) throws IOException {
        return InetAddress.getByAddress(name.asSlice(offset, length).toArray(JAVA_BYTE));
    }

    /// A socket that is bound to an IPv6 address and takes no IPv4 clients, as those of Java do (IPV6_V6ONLY, RFC 3493
    /// §5.3).
    ///
    /// @param shared whether other sockets of this user may be bound there too (SO_REUSEPORT)
    public static int bindIpv6(InetSocketAddress address, boolean shared) throws IOException {
        int descriptor = Native.socket(Native.AF_INET6, Native.SOCK_STREAM | Native.SOCK_CLOEXEC);
        try (var arena = Arena.ofConfined()) {
            Native.setsockopt(descriptor, Native.IPPROTO_IPV6, Native.IPV6_V6ONLY, 1);
            Native.setsockopt(descriptor, Native.SOL_SOCKET, Native.SO_REUSEADDR, 1);
            Native.setsockopt(descriptor, Native.SOL_SOCKET, Native.SO_REUSEPORT, shared ? 1 : 0);
            var name = arena.allocate(IPV6_ADDRESS, Long.BYTES);
            name.set(JAVA_SHORT, 0, (short) Native.AF_INET6);
            name.set(PORT, 2, (short) address.getPort());
            MemorySegment.copy(MemorySegment.ofArray(address.getAddress().getAddress()), 0, name, 8, 16);
            Native.bind(descriptor, name);
            return descriptor;
        } catch (IOException failed) {
            close(descriptor);
            throw failed;
        }
    }

    /// Lets the kernel accept connections on a socket that is bound.
    public static void listen(int descriptor, int backlog) throws IOException {
        Native.listen(descriptor, backlog);
    }

    /// A channel on a socket that Java has not made.
    ///
    /// @param channel does not know its address
    /// @param descriptor the channel's
    public record Adopted(ServerSocketChannel channel, InetSocketAddress address, int descriptor) {}

    /// A non-blocking channel on a listening socket that came from another process, or from [#bindIpv6]. The descriptor
    /// itself is closed.
    ///
    /// Java makes no channel of a descriptor. But a channel is nothing to the kernel but a number, and behind the
    /// number of one of ours another socket can be put. The channel goes on to tell the address that it had before.
    ///
    /// @param backlog from now on, also for the other process
    public static Adopted adopt(int descriptor, int backlog) throws IOException {
        var address = address(descriptor);
        if (address == null) {
            throw new IOException("descriptor " + descriptor + " is no listening socket");
        }
        boolean four = address.getAddress().getAddress().length == 4;
        var channel = ServerSocketChannel.open(four ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            channel.bind(new InetSocketAddress(InetAddress.getByName(four ? "127.0.0.1" : "::1"), 0), 1);
            int behind = descriptorOf((InetSocketAddress) channel.getLocalAddress());
            Native.dup2(descriptor, behind);
            Native.listen(descriptor, backlog);
            channel.configureBlocking(false);
            return new Adopted(channel, address, behind);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        } finally {
            Native.close(descriptor);
        }
    }

    private static int descriptorOf(InetSocketAddress bound) throws IOException {
        for (int descriptor : listening()) {
            if (bound.equals(address(descriptor))) {
                return descriptor;
            }
        }
        throw new IOException("no descriptor for " + bound);
    }

    /// The one of these that listens at an address and was not there before; -1 where there is none.
    ///
    /// @param before those that were there before
    public static int added(List<Integer> before, InetSocketAddress address) throws IOException {
        for (int descriptor : listening()) {
            if (!before.contains(descriptor) && address.equals(address(descriptor))) {
                return descriptor;
            }
        }
        return -1;
    }

    /// Lets the kernel drop what begins a connection with a listening socket, so that nobody comes between its last
    /// accept and its close, whom the close would reset. Who was dropped asks again a second later, and finds the
    /// socket that took its place. Does nothing once sockets were passed on: the other process would be deaf.
    public static void dropConnects(int descriptor) throws IOException {
        if (passedOn) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            var program = arena.allocate(4 * INSTRUCTION, Long.BYTES);
            instruction(program, 0, LOAD_BYTE, 0, TCP_FLAGS);
            instruction(program, 1, JUMP_IF_SET, 1, SYN);
            instruction(program, 2, RETURN, 0, 0);
            instruction(program, 3, RETURN, 0, -1);
            var filter = arena.allocate(16, Long.BYTES);
            filter.set(JAVA_SHORT, 0, (short) 4);
            filter.set(ValueLayout.ADDRESS, 8, program);
            Native.setsockopt(descriptor, Native.SO_ATTACH_FILTER, filter);
        }
    }

    /// A `struct sock_filter`: what to do, where to go on if it was not so, and with what.
    private static void instruction(MemorySegment program, int index, int code, int ifNot, int value) {
        long at = index * INSTRUCTION;
        program.set(JAVA_SHORT, at, (short) code);
        program.set(JAVA_BYTE, at + 3, (byte) ifNot);
        program.set(ValueLayout.JAVA_INT, at + 4, value);
    }

    /// Closes one that is not used.
    public static void close(int descriptor) {
        try {
            Native.close(descriptor);
        } catch (IOException gone) {
            // Closed is what it should be.
        }
    }

    /// Puts another file behind a number, such as 1 for what is written to standard output; closes the first number.
    public static void move(int from, int to) throws IOException {
        try {
            Native.dup2(from, to);
        } finally {
            Native.close(from);
        }
    }
}
