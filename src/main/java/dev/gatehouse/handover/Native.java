package dev.gatehouse.handover;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// System calls that Java has no words for, with Linux's constants. Any thread.
final class Native {
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_STREAM = 1;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int SO_REUSEADDR = 2;
    static final int SO_REUSEPORT = 15;
    static final int SO_RCVTIMEO = 20;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_ACCEPTCONN = 30;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_V6ONLY = 26;
    static final int SCM_RIGHTS = 1;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x4000_0000;
    static final int RLIMIT_NOFILE = 7;
    static final int LC_CTYPE_MASK = 1;
    static final int EINTR = 4;
    static final int EAGAIN = 11;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

    private static final Call SOCKET = new Call("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final Call BIND = new Call("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final Call CONNECT = new Call("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final Call LISTEN = new Call("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final Call ACCEPT = new Call("accept4", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final Call GETSOCKOPT =
            new Call("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final Call SETSOCKOPT =
            new Call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final Call GETSOCKNAME = new Call("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final Call SENDMSG = new Call("sendmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final Call RECVMSG = new Call("recvmsg", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final Call DUP2 = new Call("dup2", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final Call EXECV = new Call("execv", JAVA_INT, ADDRESS, ADDRESS);
    private static final Call SETENV = new Call("setenv", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final Call NEWLOCALE = new Call("newlocale", JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
    private static final Call CLOSE = new Call("close", JAVA_INT, JAVA_INT);
    private static final Call GETRLIMIT = new Call("getrlimit", JAVA_INT, JAVA_INT, ADDRESS);

    private Native() {}

    static int socket(int domain, int type) throws IOException {
        return (int) SOCKET.run(domain, type, 0);
    }

    static void bind(int descriptor, MemorySegment address) throws IOException {
        BIND.run(descriptor, address, (int) address.byteSize());
    }

    static void connect(int descriptor, MemorySegment address) throws IOException {
        CONNECT.run(descriptor, address, (int) address.byteSize());
    }

    static void listen(int descriptor, int backlog) throws IOException {
        LISTEN.run(descriptor, backlog);
    }

    static int accept(int descriptor) throws IOException {
        return (int) ACCEPT.run(descriptor, MemorySegment.NULL, MemorySegment.NULL, SOCK_CLOEXEC);
    }

    /// A number.
    static int getsockopt(int descriptor, int option) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var value = arena.allocate(JAVA_INT);
            var length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            GETSOCKOPT.run(descriptor, SOL_SOCKET, option, value, length);
            return value.get(JAVA_INT, 0);
        }
    }

    static void setsockopt(int descriptor, int option, MemorySegment value) throws IOException {
        SETSOCKOPT.run(descriptor, SOL_SOCKET, option, value, (int) value.byteSize());
    }

    /// Sets a number.
    static void setsockopt(int descriptor, int level, int option, int value) throws IOException {
        try (var arena = Arena.ofConfined()) {
            SETSOCKOPT.run(descriptor, level, option, arena.allocateFrom(JAVA_INT, value), Integer.BYTES);
        }
    }

    /// The address goes to the beginning of `into`.
    static void getsockname(int descriptor, MemorySegment into) throws IOException {
        try (var arena = Arena.ofConfined()) {
            GETSOCKNAME.run(descriptor, into, arena.allocateFrom(JAVA_INT, (int) into.byteSize()));
        }
    }

    static long sendmsg(int descriptor, MemorySegment message) throws IOException {
        return SENDMSG.run(descriptor, message, MSG_NOSIGNAL);
    }

    static long recvmsg(int descriptor, MemorySegment message) throws IOException {
        return RECVMSG.run(descriptor, message, MSG_CMSG_CLOEXEC);
    }

    static void dup2(int from, int to) throws IOException {
        DUP2.run(from, to);
    }

    static void close(int descriptor) throws IOException {
        CLOSE.run(descriptor);
    }

    /// What holds now (`rlim_cur`).
    static long getrlimit(int resource) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var both = arena.allocate(JAVA_LONG, 2);
            GETRLIMIT.run(resource, both);
            return both.get(JAVA_LONG, 0);
        }
    }

    /// Whether the C library has a locale of that name with the encoding of its text.
    static boolean knowsLocale(String name) {
        try (var arena = Arena.ofConfined()) {
            // Never given back: some bytes, in a process that begins anew.
            return NEWLOCALE.run(LC_CTYPE_MASK, arena.allocateFrom(name), MemorySegment.NULL) != 0;
        } catch (IOException none) {
            return false;
        }
    }

    static void setenv(MemorySegment name, MemorySegment value) throws IOException {
        SETENV.run(name, value, 1);
    }

    /// Returns only by failing.
    static void execv(MemorySegment program, MemorySegment arguments) throws IOException {
        EXECV.run(program, arguments);
    }

    /// A call that failed.
    static final class Failed extends IOException {
        private static final long serialVersionUID = 1;

        private final int number;

        Failed(String call, int number) {
            super(call + " failed with errno " + number);
            this.number = number;
        }

        /// `errno`.
        int number() {
            return number;
        }
    }

    /// A function of the C library that returns -1 when it fails.
    private static final class Call {
        private final String name;
        private final MethodHandle handle;

        @SuppressWarnings("restricted") // the C library's functions are what they are declared here
        Call(String name, MemoryLayout result, MemoryLayout... arguments) {
            this.name = name;
            var function = LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow(name),
                    FunctionDescriptor.of(result, arguments),
                    Linker.Option.captureCallState("errno"));
            handle = function.asSpreader(Object[].class, arguments.length + 1);
        }

        /// Once more when a signal came in between.
        long run(Object... arguments) throws IOException {
            try (var arena = Arena.ofConfined()) {
                var state = arena.allocate(STATE);
                var all = new Object[arguments.length + 1];
                all[0] = state;
                System.arraycopy(arguments, 0, all, 1, arguments.length);
                while (true) {
                    long result = ((Number) handle.invoke(all)).longValue();
                    if (result >= 0) {
                        return result;
                    }
                    int number = (int) ERRNO.get(state, 0L);
                    if (number != EINTR) {
                        throw new Failed(name, number);
                    }
                }
            } catch (IOException failed) {
                throw failed;
            } catch (Throwable impossible) {
                throw new IllegalStateException(name, impossible);
            }
        }
    }
}
