package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program of the machine as somebody runs it in a shell: what it is given, what it says, how it ends.
///
/// @param code its exit code
/// @param output what it wrote on standard output and standard error
public record Program(int code, String output) {
    private static final int PATIENCE_SECONDS = 120;

    /// Runs it to its end; skips the test where the machine has no such program.
    ///
    /// @param input for its standard input, which is closed behind it
    /// @param name or an absolute path
    public static Program run(String input, String name, String... arguments) {
        return run(input, name, List.of(arguments));
    }

    /// The same.
    public static Program run(String input, String name, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(name.startsWith("/") ? name : Tools.find(name).toString());
        command.addAll(arguments);
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var watch = Thread.ofVirtual().start(() -> end(process));
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(UTF_8));
            } catch (IOException ended) {
                // It did not want to know.
            }
            var output = new String(process.getInputStream().readAllBytes(), UTF_8);
            int code = process.waitFor();
            watch.interrupt();
            return new Program(code, output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void end(Process process) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException ended) {
            // It has ended by itself.
        }
    }
}
