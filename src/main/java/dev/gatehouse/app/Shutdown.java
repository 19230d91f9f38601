package dev.gatehouse.app;

import dev.gatehouse.observe.Facts;
import dev.gatehouse.observe.SystemLog;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends a running proxy on SIGTERM or SIGINT.
///
/// The Java runtime answers both by running shutdown hooks and would then exit with 143 or 130; halting at the end of
/// ours makes that 0, which is what service managers take for success.
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    private Shutdown() {}

    /// From now on a signal closes these, in order, and ends the process with [ExitCode#OK].
    static void onSignal(AutoCloseable... parts) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(parts), "shutdown"));
    }

    /// Waits for the signal; does not return while the process runs.
    static int await() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.OK;
    }

    private static void stop(AutoCloseable... parts) {
        LOG.info("stopping");
        var code = ExitCode.OK;
        for (var part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.error(
                        "stopping failed part={}", Facts.quoted(part.getClass().getSimpleName()), e);
                code = ExitCode.RUNTIME;
            }
        }
        LOG.info("stopped");
        SystemLog.flush();
        Runtime.getRuntime().halt(code);
    }
}
