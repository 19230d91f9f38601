package dev.gatehouse.handover;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A UNIX socket over which descriptors and lines of text pass (SCM_RIGHTS, `unix(7)`). One thread.
public final class PassingSocket implements AutoCloseable {
    private static final int PATH_OFFSET = 2;
    private static final int LONGEST_PATH = 107;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 20;
    private static final byte LAST = '.';
    private static final byte ONE = '+';

    private final int descriptor;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private PassingSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /// Waits for one connection at a path; others can connect only who may open it.
    public static PassingSocket listen(Path path) throws IOException {
        var made = new PassingSocket(Native.socket(Native.AF_UNIX, Native.SOCK_STREAM | Native.SOCK_CLOEXEC));
        try (var arena = Arena.ofConfined()) {
            Native.bind(made.descriptor, address(arena, path));
            Native.listen(made.descriptor, 1);
            return made;
        } catch (IOException failed) {
            made.close();
            throw failed;
        }
    }

    /// The other end of [#listen].
    public static PassingSocket connect(Path path) throws IOException {
        var made = new PassingSocket(Native.socket(Native.AF_UNIX, Native.SOCK_STREAM | Native.SOCK_CLOEXEC));
        try (var arena = Arena.ofConfined()) {
            Native.connect(made.descriptor, address(arena, path));
            return made;
        } catch (IOException failed) {
            made.close();
            throw failed;
        }
    }

    /// `struct sockaddr_un`.
    private static MemorySegment address(Arena arena, Path path) throws IOException {
        var bytes = path.toString().getBytes(UTF_8);
        if (bytes.length > LONGEST_PATH) {
            throw new IOException("too long for the path of a socket: " + path);
        }
        var address = arena.allocate(PATH_OFFSET + bytes.length + 1L, 2);
        address.set(JAVA_SHORT, 0, (short) Native.AF_UNIX);
        MemorySegment.copy(bytes, 0, address, JAVA_BYTE, PATH_OFFSET, bytes.length);
        return address;
    }

    /// How long each wait may take from now on; it ends with null then.
    public PassingSocket patience(Duration limit) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var time = arena.allocate(JAVA_LONG, 2);
            time.setAtIndex(JAVA_LONG, 0, limit.toSeconds());
            time.setAtIndex(JAVA_LONG, 1, limit.toNanosPart() / 1_000);
            Native.setsockopt(descriptor, Native.SO_RCVTIMEO, time);
        }
        return this;
    }

    /// The connection of a client; null when none came in time.
    public @Nullable PassingSocket accept() throws IOException {
        try {
            return new PassingSocket(Native.accept(descriptor));
        } catch (Native.Failed failed) {
            if (failed.number() == Native.EAGAIN) {
                return null;
            }
            throw failed;
        }
    }

    /// Sends descriptors; ours stay open.
    public void send(List<Integer> descriptors) throws IOException {
        for (int one : descriptors) {
            send(new byte[] {ONE}, one);
        }
        send(new byte[] {LAST}, -1);
    }

    /// Receives what [#send(List)] sent, under other numbers.
    public List<Integer> receive() throws IOException {
        var received = new ArrayList<Integer>();
        while (true) {
            try (var arena = Arena.ofConfined()) {
                var data = arena.allocate(1);
                var control = arena.allocate(CONTROL, Long.BYTES);
                if (Native.recvmsg(descriptor, message(arena, data, control)) == 0) {
                    throw new IOException("the other process has gone");
                }
                if (data.get(JAVA_BYTE, 0) != ONE) {
                    return received;
                }
                received.add(control.get(JAVA_INT, 16));
            }
        }
    }

    private void send(byte[] data, int passed) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocateFrom(JAVA_BYTE, data);
            var control = MemorySegment.NULL;
            if (passed >= 0) {
                // struct cmsghdr: length, level, type; then the descriptor.
                control = arena.allocate(CONTROL, Long.BYTES).asSlice(0, 24);
                control.set(JAVA_LONG, 0, CONTROL_LENGTH);
                control.set(JAVA_INT, 8, Native.SOL_SOCKET);
                control.set(JAVA_INT, 12, Native.SCM_RIGHTS);
                control.set(JAVA_INT, 16, passed);
            }
            Native.sendmsg(descriptor, message(arena, bytes, control));
        }
    }

    /// `struct msghdr` with one `struct iovec`, on a 64-bit machine.
    private static MemorySegment message(Arena arena, MemorySegment data, MemorySegment control) {
        var vector = arena.allocate(16, Long.BYTES);
        vector.set(ADDRESS, 0, data);
        vector.set(JAVA_LONG, 8, data.byteSize());
        var message = arena.allocate(56, Long.BYTES);
        message.set(ADDRESS, 16, vector);
        message.set(JAVA_LONG, 24, 1);
        message.set(ADDRESS, 32, control);
        message.set(JAVA_LONG, 40, control.byteSize());
        return message;
    }

    /// Sends a line.
    public void say(String text) throws IOException {
        send((text.replace('\n', ' ') + "\n").getBytes(UTF_8), -1);
    }

    /// Waits for a line; null when none came in time, or the other process has gone.
    public @Nullable String hear() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var data = arena.allocate(1);
            while (Native.recvmsg(descriptor, message(arena, data, MemorySegment.NULL)) > 0) {
                if (data.get(JAVA_BYTE, 0) == '\n') {
                    var text = line.toString(UTF_8);
                    line.reset();
                    return text;
                }
                line.write(data.get(JAVA_BYTE, 0));
            }
        } catch (Native.Failed failed) {
            if (failed.number() != Native.EAGAIN) {
                throw failed;
            }
        }
        return null;
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
