package dev.gatehouse.app;

import dev.gatehouse.observe.Facts;
import dev.gatehouse.observe.SystemLog;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of a process that runs a proxy: the first signal lets it drain, the second cuts off what is left, and the
/// third does not even wait for the logs. It ends with [ExitCode#OK] in any case; by itself the Java
/// runtime would exit with 143 after SIGTERM, which service managers take for a failure.
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicInteger signals = new AtomicInteger();
    private volatile @Nullable Gatehouse proxy;

    private Shutdown() {}

    /// One that SIGTERM and SIGINT ask for from now on.
    static Shutdown bySignals() {
        var made = new Shutdown();
        Signals.on("TERM", () -> made.signal("SIGTERM"));
        Signals.on("INT", () -> made.signal("SIGINT"));
        return made;
    }

    private void signal(String name) {
        switch (signals.incrementAndGet()) {
            case 1 -> begin(name);
            case 2 -> endNow(name);
            default -> Runtime.getRuntime().halt(ExitCode.OK);
        }
    }

    /// Asks for a drain and the end; nothing more if there is one already. Any thread.
    ///
    /// @param by what the log names
    void begin(String by) {
        if (begun.compareAndSet(false, true)) {
            LOG.info("stopping reason=shutdown by={}", Facts.quoted(by));
            asked.countDown();
        }
    }

    /// Cuts off who is there, and asks for the end. Any thread; takes a moment.
    void endNow(String by) {
        LOG.info("stopping at once reason=shutdown by={}", Facts.quoted(by));
        var running = proxy;
        if (running == null) {
            Runtime.getRuntime().halt(ExitCode.OK);
        } else {
            running.close();
        }
        begin(by);
    }

    /// What is to be ended. Who asks before there is one is heard when there is.
    void of(Gatehouse running) {
        proxy = running;
    }

    /// Waits until it is asked for, then drains and closes the proxy.
    ///
    /// @param atBegin before the drain
    int await(Runnable atBegin) {
        var running = Objects.requireNonNull(proxy);
        try {
            asked.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        atBegin.run();
        long began = System.nanoTime();
        boolean drained = running.drain();
        running.close();
        LOG.info("stopped drained={} took_ms={}", drained, (System.nanoTime() - began) / 1_000_000);
        SystemLog.flush();
        return ExitCode.OK;
    }
}
