package dev.gatehouse.service;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Sends datagrams to a UNIX socket, which the Java runtime cannot do itself. Linux; any thread.
final class NotifySocket {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;

    /// Room for the path in `sockaddr_un`, which begins with two bytes for the family.
    private static final int PATH_BYTES = 108;

    private static final int FAMILY_BYTES = 2;

    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_OF_STATE = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SOCKET = function(
            "socket",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SENDTO = function(
            "sendto",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final byte[] path;

    /// @param name a path, or `@` and an abstract name
    /// @throws IllegalArgumentException when it cannot be the name of a socket
    NotifySocket(String name) {
        path = name.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = name.startsWith("@");
        if (!isAbstract && !name.startsWith("/")) {
            throw new IllegalArgumentException("neither a path nor an abstract name");
        }
        if (path.length >= PATH_BYTES) {
            throw new IllegalArgumentException("longer than " + (PATH_BYTES - 1) + " bytes");
        }
        if (isAbstract) {
            path[0] = 0;
        }
    }

    @SuppressWarnings("restricted") // the flags of the Java runtime allow it
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, ERRNO);
    }

    /// Sends one datagram.
    void send(String text) throws IOException {
        try (var memory = Arena.ofConfined()) {
            var state = memory.allocate(STATE);
            int socket = (int) SOCKET.invokeExact(state, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            if (socket < 0) {
                throw failed("socket", state);
            }
            try {
                var bytes = text.getBytes(StandardCharsets.UTF_8);
                var datagram = memory.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
                long sent = (long) SENDTO.invokeExact(
                        state, socket, datagram, (long) bytes.length, MSG_NOSIGNAL, address(memory), addressBytes());
                if (sent < 0) {
                    throw failed("sendto", state);
                }
            } finally {
                int _ = (int) CLOSE.invokeExact(state, socket);
            }
        } catch (IOException failed) {
            throw failed;
        } catch (Throwable impossible) {
            throw new IllegalStateException("a call of the C library failed", impossible);
        }
    }

    private MemorySegment address(Arena memory) {
        var address = memory.allocate(FAMILY_BYTES + PATH_BYTES, ValueLayout.JAVA_SHORT.byteAlignment());
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, FAMILY_BYTES, path.length);
        return address;
    }

    /// A path is followed by a zero byte; an abstract name is as long as it is said to be.
    private int addressBytes() {
        return FAMILY_BYTES + path.length + (path[0] == 0 ? 0 : 1);
    }

    private static IOException failed(String call, MemorySegment state) {
        return new IOException(call + " failed with errno " + (int) ERRNO_OF_STATE.get(state, 0L));
    }

    @Override
    public String toString() {
        var shown = Arrays.copyOf(path, path.length);
        if (shown[0] == 0) {
            shown[0] = '@';
        }
        return new String(shown, StandardCharsets.UTF_8);
    }
}
