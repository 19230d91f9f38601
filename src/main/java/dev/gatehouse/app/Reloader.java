package dev.gatehouse.app;

import dev.gatehouse.config.Problem;
import dev.gatehouse.config.Problem.Severity;
import dev.gatehouse.observe.Facts;
import dev.gatehouse.observe.SystemLog;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the configuration again when somebody asks, on a thread of its own. Requests that come while it reads are one
/// more reading, not many.
final class Reloader {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    private final Path file;
    private final @Nullable Path logDirectory;
    private final Semaphore asked = new Semaphore(0);

    /// @param logDirectory takes the place of the files in `[log]`
    Reloader(Path file, @Nullable Path logDirectory) {
        this.file = file;
        this.logDirectory = logDirectory;
    }

    /// From now on what is asked for is done, and what was asked for before.
    void start(Gatehouse proxy) {
        Thread.ofPlatform().daemon().name("reload").start(() -> run(proxy));
    }

    /// Asks for a reading that begins after this call. Any thread, never waits.
    void ask() {
        asked.release();
    }

    private void run(Gatehouse proxy) {
        while (true) {
            try {
                asked.acquire();
            } catch (InterruptedException _) {
                return;
            }
            asked.drainPermits();
            try {
                reload(proxy);
            } catch (RuntimeException bug) {
                LOG.error("reload failed", bug);
            }
        }
    }

    private void reload(Gatehouse proxy) {
        long began = System.nanoTime();
        var checked = CheckedConfig.read(file, logDirectory);
        var config = checked.config();
        if (config == null || checked.hasErrors()) {
            rejected(proxy, checked.problems());
            return;
        }
        try {
            if (!proxy.reload(config)) {
                LOG.info("configuration unchanged config={}", Facts.quoted(file));
                return;
            }
        } catch (StartException refused) {
            LOG.error(
                    "configuration rejected reason=config.rejected config={} cause={} hint={}",
                    Facts.quoted(file),
                    Facts.quoted(refused.getMessage()),
                    Facts.quoted(refused.hint() == null ? "-" : refused.hint()));
            return;
        }
        SystemLog.configure(config.log());
        LOG.info(
                "configuration reloaded generation={} config={} apps={} routes={} took_ms={}",
                proxy.generation().number(),
                Facts.quoted(file),
                config.apps().size(),
                config.routeCount(),
                (System.nanoTime() - began) / 1_000_000);
    }

    private void rejected(Gatehouse proxy, List<Problem> problems) {
        for (var problem : problems) {
            if (problem.severity() == Severity.ERROR) {
                var place = problem.place();
                LOG.error(
                        "configuration rejected reason=config.rejected code={} place={} key={} cause={}",
                        problem.code(),
                        Facts.quoted(place == null ? file : file + ":" + place.line() + ":" + place.column()),
                        String.valueOf(problem.key()),
                        Facts.quoted(problem.message()));
            }
        }
        LOG.info(
                "the running configuration stays generation={}",
                proxy.generation().number());
    }
}
