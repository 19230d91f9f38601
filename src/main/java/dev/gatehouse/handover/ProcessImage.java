package dev.gatehouse.handover;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// This process as the kernel knows it: a program, its arguments, its environment.
public final class ProcessImage {
    private static final Path ARGUMENTS = Path.of("/proc/self/cmdline");
    private static final String PROGRAM = "/proc/self/exe";

    private ProcessImage() {}

    /// Whether the C library knows a locale, for the encoding of text.
    public static boolean knowsLocale(String name) {
        return Native.knowsLocale(name);
    }

    /// Begins anew with the same program, arguments and pid, and one variable that is different. The bytes of the
    /// others and of the arguments stay, whatever Java has read them as.
    ///
    /// @throws IOException it goes on as it was; otherwise this does not return
    public static void restart(String variable, String value) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var arguments = arguments(arena);
            var pointers = arena.allocate(ADDRESS, arguments.size() + 1L);
            for (int i = 0; i < arguments.size(); i++) {
                pointers.setAtIndex(ADDRESS, i, arguments.get(i));
            }
            pointers.setAtIndex(ADDRESS, arguments.size(), MemorySegment.NULL);
            Native.setenv(arena.allocateFrom(variable), arena.allocateFrom(value));
            Native.execv(arena.allocateFrom(PROGRAM), pointers);
        }
    }

    private static List<MemorySegment> arguments(Arena arena) throws IOException {
        var all = arena.allocateFrom(JAVA_BYTE, Files.readAllBytes(ARGUMENTS));
        var arguments = new ArrayList<MemorySegment>();
        long begin = 0;
        for (long at = 0; at < all.byteSize(); at++) {
            if (all.get(JAVA_BYTE, at) == 0) {
                arguments.add(all.asSlice(begin));
                begin = at + 1;
            }
        }
        return arguments;
    }
}
