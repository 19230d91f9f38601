package dev.gatehouse.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/// A service manager: a UNIX datagram socket, which Java does not have, in a Python process.
public final class NotifyReceiver implements AutoCloseable {
    private static final String PROGRAM = """
        import socket, sys
        name = sys.argv[1]
        it = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        it.bind("\\0" + name[1:] if name[0] == "@" else name)
        print("listening", flush=True)
        while True:
            print(it.recv(65536).decode().replace("\\n", " | "), flush=True)
        """;

    private final Process process;
    private final Path output;
    private final String name;

    private NotifyReceiver(Process process, Path output, String name) {
        this.process = process;
        this.output = output;
        this.name = name;
    }

    /// Starts one and waits until it listens.
    ///
    /// @param name a path, or `@` and an abstract name
    public static NotifyReceiver start(String name) {
        try {
            var output = Files.createTempFile("gatehouse-notify", ".out");
            var process = new ProcessBuilder(Tools.find("python3").toString(), "-c", PROGRAM, name)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            var made = new NotifyReceiver(process, output, name);
            Awaitility.await("receiver")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> made.lines().contains("listening"));
            return made;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// What `NOTIFY_SOCKET` says.
    public String name() {
        return name;
    }

    /// What came so far, ` | ` between the lines of a datagram.
    public List<String> lines() {
        try {
            return Files.readAllLines(output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// How many datagrams came with that beginning.
    public long count(String beginning) {
        return lines().stream().filter(line -> line.startsWith(beginning)).count();
    }

    /// Waits for that many datagrams with that beginning.
    ///
    /// @return the last of them
    public String await(String beginning, int times) {
        Awaitility.await(times + " of " + beginning)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> count(beginning) >= times);
        return lines().stream()
                .filter(line -> line.startsWith(beginning))
                .reduce((_, last) -> last)
                .orElseThrow();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            Files.deleteIfExists(output);
            if (!name.startsWith("@")) {
                Files.deleteIfExists(Path.of(name));
            }
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }
}
