package dev.gatehouse.app;

import dev.gatehouse.observe.Facts;
import dev.gatehouse.observe.SystemLog;
import dev.gatehouse.service.ServiceManager;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the service manager that the proxy lives, as long as it does: each loop ran a task and each listener looked
/// for clients since the last time. Otherwise nothing is told, so that the process is killed and started anew, and the
/// stacks of all threads are logged before.
///
/// ```
/// 0      ¼ period              ¾ period      period
/// told   probes set out        stacks        killed, if nothing was told
/// ```
final class Watchdog {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private final ServiceManager manager;
    private final Gatehouse proxy;
    private final Duration pause;
    private final Duration patience;
    private boolean told;

    private Watchdog(ServiceManager manager, Gatehouse proxy, Duration period) {
        this.manager = manager;
        this.proxy = proxy;
        this.pause = period.dividedBy(4);
        this.patience = period.dividedBy(2);
    }

    /// Watches for the rest of the process's life, if the service manager wants it.
    static void start(ServiceManager manager, Gatehouse proxy) {
        var period = manager.watchdog();
        if (period != null) {
            Thread.ofPlatform().daemon().name("watchdog").start(new Watchdog(manager, proxy, period)::run);
        }
    }

    private void run() {
        try {
            while (true) {
                look();
                Thread.sleep(pause);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        var probes = proxy.probe();
        try {
            CompletableFuture.allOf(probes.values().toArray(CompletableFuture<?>[]::new))
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
            told = false;
            manager.alive();
        } catch (TimeoutException late) {
            if (!told) {
                told = true;
                tell(probes);
            }
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void tell(Map<String, CompletableFuture<Void>> probes) {
        LOG.error(
                "no sign of life reason=watchdog from={}",
                Facts.quoted(probes.entrySet().stream()
                        .filter(probe -> !probe.getValue().isDone())
                        .map(Map.Entry::getKey)
                        .collect(Collectors.joining(", "))));
        Thread.getAllStackTraces()
                .forEach((thread, stack) -> LOG.error(
                        "thread reason=watchdog name={} state={} stack={}",
                        Facts.quoted(thread.getName()),
                        thread.getState(),
                        Facts.quoted(Arrays.stream(stack)
                                .map(StackTraceElement::toString)
                                .collect(Collectors.joining(" | ")))));
        SystemLog.flush();
    }
}
