package dev.gatehouse.app;

import dev.gatehouse.handover.Descriptors;
import dev.gatehouse.handover.PassingSocket;
import dev.gatehouse.observe.Facts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts a new process in the place of this one, from what is installed now, and passes the listening sockets on.
///
/// The sockets themselves pass, not their addresses: who waits in the kernel's queues, and who is about to connect,
/// notices nothing. The other end is [Predecessor]; this is what they say:
///
/// ```
/// old: descriptors of standard output, standard error, and all listening sockets
/// new: ready                                  it serves
/// old: go
/// new: done PID                               it has the control socket, and writes where the old one wrote
/// ```
///
/// Until the last line the old one serves too, and goes on when the new one ends or says nothing.
final class Successor {
    private static final Logger LOG = LoggerFactory.getLogger(Successor.class);

    /// System property: how many seconds the new process may take to serve.
    static final String LIMIT = "gatehouse.handover_seconds";

    private static final int USUAL_LIMIT = 60;
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final int MOST_WORDS = 4_000;

    private final Shutdown shutdown;
    private final AtomicBoolean busy = new AtomicBoolean(true);
    private volatile @Nullable Long pid;

    private Successor(Shutdown shutdown) {
        this.shutdown = shutdown;
    }

    /// One that SIGUSR2 asks for from now on.
    ///
    /// @param shutdown is asked for when another process serves
    static Successor bySignal(Shutdown shutdown) {
        var made = new Successor(shutdown);
        Signals.on("USR2", () -> made.begin("SIGUSR2"));
        return made;
    }

    /// From now on there is something to take over.
    void serving() {
        busy.set(false);
    }

    /// The process that has taken over; empty as long as there is none.
    Optional<Long> pid() {
        return Optional.ofNullable(pid);
    }

    /// No other process has taken over, and why.
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        /// @param reason may have several lines: what the new process said
        Failed(String reason, @Nullable Throwable cause) {
            super(reason, cause);
        }
    }

    /// [#takeOver] on a thread of its own; what comes of it is in the log.
    private void begin(String by) {
        Thread.ofPlatform().daemon().name("upgrade").start(() -> {
            try {
                takeOver(by);
            } catch (Failed told) {
                // In the log.
            }
        });
    }

    /// Lets another process take over, and this one end when it has served who is there. Blocks until the other one
    /// serves.
    ///
    /// @return its pid
    long takeOver(String by) throws Failed {
        if (!busy.compareAndSet(false, true)) {
            throw new Failed("one process is taking over at the moment already", null);
        }
        boolean done = false;
        try {
            LOG.info("upgrade started by={}", Facts.quoted(by));
            long its = run();
            done = true;
            pid = its;
            LOG.info("upgrade done successor={}", its);
            shutdown.begin("pid " + its + ", which has taken over");
            return its;
        } catch (Failed failed) {
            LOG.error("upgrade failed reason=upgrade cause={}", Facts.quoted(failed.getMessage()));
            throw failed;
        } finally {
            busy.set(done);
        }
    }

    private static long run() throws Failed {
        if (ProcessHandle.current().pid() == 1) {
            throw new Failed("this is the first process of a container, which would end with it", null);
        }
        Path directory = null;
        try {
            directory = Files.createTempDirectory("gatehouse");
            return run(directory);
        } catch (IOException failed) {
            throw new Failed(String.valueOf(failed.getMessage()), failed);
        } finally {
            if (directory != null) {
                delete(directory);
            }
        }
    }

    private static long run(Path directory) throws IOException, Failed {
        var place = directory.resolve("socket");
        var words = directory.resolve("words");
        try (var listener = PassingSocket.listen(place).patience(LOOK)) {
            var builder = new ProcessBuilder(command())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(words.toFile());
            builder.environment().put(Predecessor.PLACE, place.toString());
            builder.environment().remove("WATCHDOG_PID");
            var process = builder.start();
            boolean served = false;
            try {
                long pid = converse(listener, process, words);
                served = true;
                return pid;
            } finally {
                if (!served) {
                    process.destroyForcibly();
                }
                pass(words);
            }
        }
    }

    private static long converse(PassingSocket listener, Process process, Path words) throws IOException, Failed {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger(LIMIT, USUAL_LIMIT));
        try (var connection = accept(listener, process, words, end)) {
            var descriptors = new ArrayList<>(List.of(1, 2));
            descriptors.addAll(Descriptors.toPassOn());
            connection.send(descriptors);
            hear(connection, process, words, end, "ready");
            connection.say("go");
            var done = hear(connection, process, words, end, "done ");
            return Long.parseLong(done.substring("done ".length()));
        }
    }

    private static PassingSocket accept(PassingSocket listener, Process process, Path words, long end)
            throws IOException, Failed {
        while (true) {
            var connection = listener.accept();
            if (connection != null) {
                return connection.patience(LOOK);
            }
            checkAlive(process, words, end);
        }
    }

    private static String hear(PassingSocket connection, Process process, Path words, long end, String wanted)
            throws IOException, Failed {
        while (true) {
            var line = connection.hear();
            if (line != null && line.startsWith(wanted)) {
                return line;
            }
            checkAlive(process, words, end);
        }
    }

    private static void checkAlive(Process process, Path words, long end) throws IOException, Failed {
        if (!process.isAlive()) {
            throw new Failed("the new process ended with exit code " + process.exitValue() + said(words), null);
        }
        if (System.nanoTime() - end > 0) {
            throw new Failed("the new process did not serve in time" + said(words), null);
        }
    }

    private static String said(Path words) throws IOException {
        var text = Files.readString(words, StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? " and said nothing" : ":\n" + text.substring(Math.max(0, text.length() - MOST_WORDS));
    }

    /// What the new process said before it could write where this one writes.
    private static void pass(Path words) throws IOException {
        System.err.print(Files.readString(words, StandardCharsets.UTF_8));
        System.err.flush();
    }

    /// The command that this process was started with: the launcher where there is one, since it may be a newer one.
    private static List<String> command() throws IOException {
        var all = List.of(Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8)
                .split("\0", -1));
        var given = all.subList(0, all.size() - 1);
        var launcher = System.getProperty("gatehouse.command");
        int main = given.indexOf(Main.class.getName());
        if (launcher == null || main < 0) {
            return given;
        }
        var command = new ArrayList<>(List.of(launcher));
        command.addAll(given.subList(main + 1, given.size()));
        return command;
    }

    private static void delete(Path directory) {
        for (var file : List.of(directory.resolve("socket"), directory.resolve("words"), directory)) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException failed) {
                LOG.debug("a temporary file stays", failed);
            }
        }
    }
}
