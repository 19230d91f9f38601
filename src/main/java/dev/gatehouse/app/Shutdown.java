package dev.gatehouse.app;

import dev.gatehouse.observe.Facts;
import dev.gatehouse.observe.SystemLog;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of a process that runs a proxy: who asks first lets it drain, who asks again cuts off what is left, and who
/// asks a third time does not even wait for the logs. It ends with [ExitCode#OK] in any case; by itself the Java
/// runtime would exit with 143 after SIGTERM, which service managers take for a failure.
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicInteger times = new AtomicInteger();
    private volatile @Nullable Gatehouse proxy;

    private Shutdown() {}

    /// One that SIGTERM and SIGINT ask for from now on.
    static Shutdown bySignals() {
        var made = new Shutdown();
        Signals.on("TERM", () -> made.ask("SIGTERM"));
        Signals.on("INT", () -> made.ask("SIGINT"));
        return made;
    }

    /// Asks for the end. Any thread; takes a moment if it is asked for again.
    ///
    /// @param by what the log names
    void ask(String by) {
        switch (times.incrementAndGet()) {
            case 1 -> {
                LOG.info("stopping reason=shutdown by={}", Facts.quoted(by));
                asked.countDown();
            }
            case 2 -> {
                LOG.info("stopping at once reason=shutdown by={}", Facts.quoted(by));
                var running = proxy;
                if (running == null) {
                    Runtime.getRuntime().halt(ExitCode.OK);
                } else {
                    running.close();
                }
            }
            default -> Runtime.getRuntime().halt(ExitCode.OK);
        }
    }

    /// Asks for the end without a drain. Any thread.
    void askNow(String by) {
        ask(by);
        ask(by);
    }

    /// What is to be ended. Who asks before there is one is heard when there is.
    void of(Gatehouse running) {
        proxy = running;
    }

    /// Waits until it is asked for, then drains and closes the proxy.
    int await() {
        var running = Objects.requireNonNull(proxy);
        try {
            asked.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        long began = System.nanoTime();
        boolean drained = running.drain();
        running.close();
        LOG.info("stopped drained={} took_ms={}", drained, (System.nanoTime() - began) / 1_000_000);
        SystemLog.flush();
        return ExitCode.OK;
    }
}
