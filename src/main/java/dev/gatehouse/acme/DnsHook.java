package dev.gatehouse.acme;

import dev.gatehouse.acme.OrderFailure.Kind;
import dev.gatehouse.config.ShellWord;
import dev.gatehouse.observe.Facts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The command that puts TXT records into the DNS and takes them out again (RFC 8555 §8.4).
///
/// ```
/// HOOK present _acme-challenge.example.com VALUE      returns when the CA can see the record
/// HOOK cleanup _acme-challenge.example.com VALUE
/// ```
final class DnsHook {
    private static final Logger LOG = LoggerFactory.getLogger(DnsHook.class);
    private static final int MAX_OUTPUT = 2_000;
    private static final int LAST_LINES = 5;

    /// What the service manager says to this process alone.
    private static final Set<String> OF_THE_SERVICE =
            Set.of("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES");

    private final Path command;
    private final Duration limit;

    DnsHook(Path command, Duration limit) {
        this.command = command;
        this.limit = limit;
    }

    /// Blocks until the record is there.
    ///
    /// @param record without the dot at the end
    /// @return takes it out; a failure is only logged
    Runnable present(String record, String value) throws OrderFailure, InterruptedException {
        run("present", record, value);
        return () -> {
            try {
                run("cleanup", record, value);
            } catch (OrderFailure failed) {
                LOG.warn(
                        "hook failed reason=acme.challenge record={} cause={}",
                        record,
                        Facts.quoted(failed.getMessage()));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private void run(String action, String record, String value) throws OrderFailure, InterruptedException {
        Process process;
        try {
            var builder = new ProcessBuilder(command.toString(), action, record, value).redirectErrorStream(true);
            forHook(builder.environment());
            process = builder.start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new OrderFailure(
                    Kind.CHALLENGE, "the hook '" + command + "' cannot be started", e.getMessage(), null, e);
        }
        var last = new AtomicReference<>("");
        var reading = Thread.ofVirtual().start(() -> last.set(lastLines(process.getInputStream())));
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                end(process);
                reading.join(Duration.ofSeconds(1));
                throw failed(action, record, value, "takes longer than " + limit.toSeconds() + " s: " + last.get());
            }
            reading.join(Duration.ofSeconds(1));
            if (process.exitValue() != 0) {
                throw failed(action, record, value, "ended with " + process.exitValue() + ": " + last.get());
            }
        } finally {
            end(process);
        }
    }

    /// Takes out what is meant for this process alone. The rest stays: tokens of DNS services are often there.
    static void forHook(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("GATEHOUSE_") || OF_THE_SERVICE.contains(name));
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private OrderFailure failed(String action, String record, String value, String what) {
        return new OrderFailure(
                Kind.CHALLENGE,
                "the hook '" + command + "' (" + action + " " + record + ") " + what,
                "run it by hand: " + ShellWord.of(command) + " " + action + " " + record + " " + ShellWord.of(value));
    }

    /// Reads to the end, so that the command never waits for us.
    ///
    /// @return the last lines in one
    private static String lastLines(InputStream output) {
        var text = new StringBuilder();
        try (output) {
            byte[] bytes = new byte[1_024];
            for (int read = output.read(bytes); read >= 0; read = output.read(bytes)) {
                text.append(new String(bytes, 0, read, StandardCharsets.UTF_8));
                text.delete(0, Math.max(0, text.length() - MAX_OUTPUT));
            }
        } catch (IOException _) {
            // what was read will do
        }
        var lines = text.toString().strip().lines().toList();
        return lines.isEmpty()
                ? "no output"
                : String.join(" | ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }
}
