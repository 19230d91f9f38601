package dev.gatehouse.app;

import dev.gatehouse.app.ReloadOutcome.Kind;
import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.Problem;
import dev.gatehouse.config.Problem.Severity;
import dev.gatehouse.observe.Facts;
import dev.gatehouse.observe.SystemLog;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Reads the configuration again when somebody asks, on a thread of its own. Requests that come while it reads are one
/// more reading, not many.
final class Reloader {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    private final Path file;
    private final @Nullable Path logDirectory;
    private final BlockingQueue<CompletableFuture<ReloadOutcome>> asked = new LinkedBlockingQueue<>();
    private final CertificateNews news;
    private volatile @Nullable GatehouseConfig lastRead;
    private volatile FileStates lastStates = new FileStates(Map.of());
    private volatile ReloadHistory history = ReloadHistory.NONE;
    private volatile Watcher watcher = Watcher.NOBODY;

    /// Who is told of each reading, on the thread that reads.
    interface Watcher {
        Watcher NOBODY = new Watcher() {
            @Override
            public void begun() {}

            @Override
            public void ended(ReloadOutcome outcome) {}
        };

        void begun();

        void ended(ReloadOutcome outcome);
    }

    /// @param logDirectory takes the place of the files in `[log]`
    Reloader(Path file, @Nullable Path logDirectory) {
        this.file = file;
        this.logDirectory = logDirectory;
        this.news = new CertificateNews(InstantSource.system());
    }

    /// From now on what is asked for is done, and what was asked for before.
    void start(Gatehouse proxy) {
        Thread.ofPlatform().daemon().name("reload").start(() -> run(proxy));
    }

    /// Asks for a reading that begins after this call. Any thread, never waits.
    ///
    /// @return done when the reading is; never fails
    CompletableFuture<ReloadOutcome> ask() {
        var outcome = new CompletableFuture<ReloadOutcome>();
        asked.add(outcome);
        return outcome;
    }

    /// From now on somebody is told.
    void watchedBy(Watcher who) {
        watcher = who;
    }

    /// The files that a reading may depend on: those of what serves, and those of what was read last and refused.
    Set<Path> files(Gatehouse proxy) {
        var files = new TreeSet<Path>(proxy.generation().config().files());
        files.add(file.toAbsolutePath());
        var read = lastRead;
        if (read != null) {
            files.addAll(read.files());
        }
        return files;
    }

    /// What was in these files at the last reading. Any thread.
    FileStates lastStates() {
        return lastStates;
    }

    /// How the readings ended so far. Any thread.
    ReloadHistory history() {
        return history;
    }

    private void run(Gatehouse proxy) {
        var waiting = new ArrayList<CompletableFuture<ReloadOutcome>>();
        news.tell(proxy.generation().sites(), proxy.stale());
        while (true) {
            try {
                var first = asked.poll(news.untilNext().toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    waiting.add(first);
                    asked.drainTo(waiting);
                    news.asked();
                }
            } catch (InterruptedException _) {
                return;
            }
            if (!waiting.isEmpty() || !proxy.stale().isEmpty()) {
                read(proxy, waiting);
            }
            news.tell(proxy.generation().sites(), proxy.stale());
        }
    }

    /// @param waiting who asked; nobody where a certificate that could not be used is looked at again
    private void read(Gatehouse proxy, List<CompletableFuture<ReloadOutcome>> waiting) {
        var states = FileStates.of(files(proxy));
        ReloadOutcome outcome;
        watcher.begun();
        try {
            outcome = reload(proxy, !waiting.isEmpty());
        } catch (RuntimeException bug) {
            LOG.error("reload failed", bug);
            outcome = rejected(proxy, List.of(problem("internal", bug.toString(), null)));
        }
        lastStates = states.with(files(proxy));
        if (!waiting.isEmpty()) {
            history = history.with(outcome, Instant.now());
        }
        watcher.ended(outcome);
        for (var each : waiting) {
            each.complete(outcome);
        }
        waiting.clear();
    }

    private ReloadOutcome reload(Gatehouse proxy, boolean wasAsked) {
        long began = System.nanoTime();
        var checked = CheckedConfig.again(
                file,
                logDirectory,
                proxy.files(),
                proxy.generation().sites().credentials().keySet());
        var config = checked.config();
        lastRead = config;
        if (config == null || checked.hasErrors()) {
            return rejected(proxy, checked.problems());
        }
        boolean changed;
        try {
            changed = proxy.reload(config);
        } catch (StartException refused) {
            var problems = new ArrayList<>(checked.problems());
            problems.add(problem(refused.code(), String.valueOf(refused.getMessage()), refused.hint()));
            return rejected(proxy, problems);
        }
        long generation = proxy.generation().number();
        if (!changed) {
            if (wasAsked) {
                LOG.info("configuration unchanged generation={} config={}", generation, Facts.quoted(file));
            }
            return new ReloadOutcome(Kind.UNCHANGED, generation, checked.problems());
        }
        SystemLog.configure(config.log());
        LOG.info(
                "configuration reloaded reason=config.reloaded generation={} config={} apps={} routes={} took_ms={}",
                generation,
                Facts.quoted(file),
                config.apps().size(),
                config.routeCount(),
                (System.nanoTime() - began) / 1_000_000);
        for (var problem : checked.problems()) {
            tell("configuration warning reason=config.warning", problem);
        }
        return new ReloadOutcome(Kind.RELOADED, generation, checked.problems());
    }

    private static Problem problem(String code, String message, @Nullable String hint) {
        return new Problem(Severity.ERROR, code, null, null, message, hint);
    }

    private ReloadOutcome rejected(Gatehouse proxy, List<Problem> problems) {
        for (var problem : problems) {
            if (problem.severity() == Severity.ERROR) {
                tell("configuration rejected reason=config.rejected", problem);
            }
        }
        long generation = proxy.generation().number();
        LOG.info("the running configuration stays generation={}", generation);
        return new ReloadOutcome(Kind.REJECTED, generation, problems);
    }

    private void tell(String what, Problem problem) {
        var place = problem.place();
        LOG.atLevel(problem.severity() == Severity.ERROR ? Level.ERROR : Level.WARN)
                .log(
                        what + " code={} place={} key={} cause={} hint={}",
                        problem.code(),
                        Facts.quoted(place == null ? file : file + ":" + place.line() + ":" + place.column()),
                        problem.key() == null ? "-" : problem.key(),
                        Facts.quoted(problem.message()),
                        Facts.quoted(problem.hint() == null ? "-" : problem.hint()));
    }
}
