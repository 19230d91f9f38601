package dev.gatehouse.support;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The proxy as an administrator runs it: a process of its own with the flags of `packaging/jvm.options`, stopped by a
/// signal.
public final class ProxyProcess implements AutoCloseable {
    private static final String MAIN = "dev.gatehouse.app.Main";

    private final Path directory;
    private final Process process;
    private final InetSocketAddress plain;
    private final InetSocketAddress tls;
    private volatile @Nullable ProcessHandle successor;

    private ProxyProcess(Path directory, Process process, InetSocketAddress plain, InetSocketAddress tls) {
        this.directory = directory;
        this.process = process;
        this.plain = plain;
        this.tls = tls;
    }

    /// Starts one and waits until it listens.
    ///
    /// @param flags further flags of the Java runtime
    public static ProxyProcess start(ProxyUnderTest.Setup setup, String... flags) {
        return start(setup, freeAddress(), freeAddress(), flags);
    }

    /// The same on addresses that somebody else must know before.
    public static ProxyProcess start(
            ProxyUnderTest.Setup setup, InetSocketAddress plain, InetSocketAddress tls, String... flags) {
        var file = write(setup, plain, tls);
        return start(file, plain, tls, MAIN, Map.of(), flags);
    }

    /// The same with another class to start and further variables of its environment.
    public static ProxyProcess start(
            ProxyUnderTest.Setup setup, String main, Map<String, String> environment, String... flags) {
        var plain = freeAddress();
        var tls = freeAddress();
        return start(write(setup, plain, tls), plain, tls, main, environment, flags);
    }

    private static Path write(ProxyUnderTest.Setup setup, InetSocketAddress plain, InetSocketAddress tls) {
        return setup.write("listen_port = " + plain.getPort() + "\nlisten_port_tls = " + tls.getPort());
    }

    /// Starts one again where this one was, which has ended.
    public ProxyProcess again(String... flags) {
        return start(config(), plain, tls, MAIN, Map.of(), flags);
    }

    private static ProxyProcess start(
            Path file,
            InetSocketAddress plain,
            InetSocketAddress tls,
            String main,
            Map<String, String> environment,
            String... flags) {
        var directory = Objects.requireNonNull(file.getParent());
        try {
            var process = launch(file, main, environment, directory.resolve("out"), flags);
            var started = new ProxyProcess(directory, process, plain, tls);
            started.awaitListening();
            return started;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Starts it as it is installed, with no more file descriptors than that, and waits until it listens.
    public static ProxyProcess withDescriptors(int most, ProxyUnderTest.Setup setup) {
        var plain = freeAddress();
        var tls = freeAddress();
        var file = write(setup, plain, tls);
        var directory = Objects.requireNonNull(file.getParent());
        var installed = System.getProperty("gatehouse.jar", "target/gatehouse.jar") + ":"
                + System.getProperty("gatehouse.lib", "target/lib") + "/*";
        try {
            var command = command(installed, file, MAIN);
            command.addAll(0, List.of("sh", "-c", "ulimit -n " + most + "; exec \"$@\"", "sh"));
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("out").toFile())
                    .start();
            var started = new ProxyProcess(directory, process, plain, tls);
            started.awaitListening();
            return started;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Process launch(
            Path config, String main, Map<String, String> environment, Path output, String... flags)
            throws IOException {
        var command = command(System.getProperty("java.class.path"), config, main, flags);
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static List<String> command(String classPath, Path config, String main, String... flags)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(packagedFlags());
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", classPath, main, "run", "-c", config.toString()));
        return command;
    }

    /// How a process ended.
    public record Outcome(int code, String output) {}

    /// Starts another process with the same configuration and waits for its end.
    public Outcome startAgain() {
        var output = directory.resolve("again");
        try {
            var second = launch(config(), MAIN, Map.of(), output);
            try {
                if (!second.waitFor(60, TimeUnit.SECONDS)) {
                    throw new AssertionError("it runs: " + Files.readString(output));
                }
                return new Outcome(second.exitValue(), Files.readString(output));
            } finally {
                second.destroyForcibly();
            }
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    private static List<String> packagedFlags() throws IOException {
        var root = Path.of(System.getProperty("gatehouse.root", "."));
        return Files.readAllLines(root.resolve("packaging/jvm.options")).stream()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .flatMap(line -> List.of(line.split("\\s+", -1)).stream())
                .toList();
    }

    /// A loopback address that nobody listens on at the moment.
    public static InetSocketAddress freeAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next());
    }

    private void awaitListening() {
        await("listening")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("it ended at once: " + output());
                    }
                    try (var socket = new Socket(tls.getAddress(), tls.getPort())) {
                        return socket.isConnected();
                    } catch (IOException notYet) {
                        return false;
                    }
                });
    }

    /// Where it speaks plaintext.
    public InetSocketAddress plain() {
        return plain;
    }

    /// Where it speaks TLS.
    public InetSocketAddress tls() {
        return tls;
    }

    /// Where its configuration and its certificates are.
    public Path directory() {
        return directory;
    }

    /// The configuration that it was started with.
    public Path config() {
        return directory.resolve("config.toml");
    }

    /// Ends it as a power cut would.
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /// Sends a signal: `HUP`.
    public void signal(String name) {
        signal(name, 1);
    }

    /// Sends a signal again and again, as fast as possible.
    public void signal(String name, int times) {
        var once = "kill -" + name + " " + pid() + "\n";
        try {
            int code = new ProcessBuilder("sh", "-e", "-c", once.repeat(times))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill ended with " + code);
            }
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    /// Waits until it has said that.
    ///
    /// @param times how many times
    public void awaitOutput(String text, int times) {
        await(text)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> output().split(Pattern.quote(text), -1).length > times);
    }

    /// The most physical memory it had so far, in MiB.
    public long peakResidentMiB() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// What it has and must give back.
    ///
    /// @param heapKiB what is left after a garbage collection
    public record Holdings(long heapKiB, int threads, int files) {}

    /// What it has at the moment; collects its garbage.
    public Holdings holdings() {
        var proc = Path.of("/proc", Long.toString(pid()));
        return new Holdings(liveHeapKiB(), entries(proc.resolve("task")), entries(proc.resolve("fd")));
    }

    /// The CPU time it took so far.
    public Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    private static int entries(Path directory) {
        return Objects.requireNonNull(directory.toFile().list()).length;
    }

    /// The histogram counts what a collection leaves; its last line is `Total`, objects, bytes.
    private long liveHeapKiB() {
        try {
            var asked = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(pid()),
                            "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            var said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.lines()
                    .filter(line -> line.startsWith("Total"))
                    .map(line -> Long.parseLong(line.strip().split("\\s+", -1)[2]) / 1024)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(said));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// What it said on standard output and standard error.
    public String output() {
        try {
            return Files.readString(directory.resolve("out"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// Its number.
    public long pid() {
        var newest = successor;
        return newest == null ? process.pid() : newest.pid();
    }

    /// Whether it still runs.
    public boolean isAlive() {
        var newest = successor;
        return newest == null ? process.isAlive() : newest.isAlive();
    }

    /// Waits until another process has taken over, and this one has ended. The other one is meant from then on.
    ///
    /// @param times how often that has happened then
    public void awaitSuccessor(int times) {
        awaitOutput("upgrade done successor=", times);
        var before = ProcessHandle.of(pid());
        var said = output();
        int at = said.lastIndexOf("upgrade done successor=") + "upgrade done successor=".length();
        long pid = Long.parseLong(said.substring(at, said.indexOf('\n', at)));
        successor = ProcessHandle.of(pid).orElseThrow(() -> new AssertionError(said));
        await("the old process has ended")
                .atMost(Duration.ofSeconds(60))
                .until(() -> before.isEmpty() || !before.get().isAlive());
    }

    /// Waits until it has ended.
    ///
    /// @return what it ended with
    public int awaitExit() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("it did not stop: " + output());
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// Ends it without waiting for those who are connected.
    @Override
    public void close() {
        try {
            for (int left = 100; left > 0 && process.isAlive(); left--) {
                process.destroy();
                process.waitFor(200, TimeUnit.MILLISECONDS);
            }
            if (process.isAlive()) {
                throw new AssertionError("it did not stop: " + output());
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        } finally {
            process.destroyForcibly();
            var newest = successor;
            if (newest != null) {
                newest.destroyForcibly();
                newest.onExit().join();
            }
        }
        ProxyUnderTest.deleteAll(directory);
    }
}
