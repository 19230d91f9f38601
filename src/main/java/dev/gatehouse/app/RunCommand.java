package dev.gatehouse.app;

import dev.gatehouse.config.GatehouseConfig;
import dev.gatehouse.config.ProblemReport;
import dev.gatehouse.observe.Facts;
import dev.gatehouse.observe.SystemLog;
import dev.gatehouse.service.ServiceManager;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "run", description = "Runs the proxy until SIGTERM, SIGINT or gatehouse stop.")
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli
    private CommandSpec spec;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = {"-l", "--log-dir"},
            paramLabel = "DIR",
            description = "Writes access.log and gatehouse.log there, whatever [log] says.")
    private @Nullable Path logDirectory;

    @Override
    public Integer call() {
        var began = System.nanoTime();
        var err = spec.commandLine().getErr();
        var states = FileStates.of(Set.of(config.file().toAbsolutePath()));
        var checked = CheckedConfig.read(config.file(), logDirectory);
        err.print(ProblemReport.render(checked.source(), checked.problems()));
        err.flush();
        var good = checked.config();
        if (good == null || checked.hasErrors()) {
            return ExitCode.CONFIGURATION;
        }
        states = states.with(good.files());
        SystemLog.configure(good.log());
        // Before the start: a signal that comes meanwhile must not end the process.
        var reloader = new Reloader(config.file(), logDirectory);
        Signals.on("HUP", () -> {
            var _ = reloader.ask();
        });
        var shutdown = Shutdown.bySignals();
        Signals.on("USR1", SystemLog::reopen);
        var successor = Successor.bySignal(shutdown);
        var manager = ServiceManager.of(System.getenv(), ProcessHandle.current().pid());
        try (var before = Predecessor.find()) {
            var proxy = Gatehouse.start(good, checked.files(), before.sockets());
            shutdown.of(proxy);
            Signals.on("USR1", () -> {
                SystemLog.reopen();
                proxy.reopenLog();
            });
            reloader.start(proxy);
            try (var control = new Control(proxy, reloader, shutdown, successor);
                    var watcher = new FileWatcher(
                            DirectoryWatch.ofSystem(),
                            states.with(reloader.files(proxy)),
                            () -> reloader.files(proxy),
                            reloader::lastStates,
                            () -> reloader.ask().join())) {
                before.relieve(() -> control.place(good.control(), before.exists()));
                proxy.tookOver();
                successor.serving();
                proxy.whenReloaded(config -> control.place(config.control(), false));
                watcher.start();
                sayStarted(good, proxy, began);
                var notifications = new Notifications(manager, proxy);
                reloader.watchedBy(notifications);
                notifications.ready();
                Watchdog.start(manager, proxy);
                return shutdown.await(
                        () -> successor.pid().ifPresentOrElse(notifications::succeeded, notifications::stopping));
            }
        } catch (StartException e) {
            refused(e);
            return ExitCode.RUNTIME;
        }
    }

    private void refused(StartException refusal) {
        var err = spec.commandLine().getErr();
        err.println("gatehouse: " + refusal.getMessage());
        if (refusal.hint() != null) {
            err.println("hint: " + refusal.hint());
        }
        LOG.error("start failed cause={}", Facts.quoted(refusal.getMessage()));
        SystemLog.flush();
    }

    private static void sayStarted(GatehouseConfig config, Gatehouse proxy, long began) {
        for (var address : proxy.plainAddresses()) {
            LOG.info("listening protocol=http address={}", Words.address(address));
        }
        for (var address : proxy.tlsAddresses()) {
            LOG.info("listening protocol=https address={}", Words.address(address));
        }
        LOG.info(
                "started version={} config={} apps={} routes={} pid={} took_ms={}",
                VersionCommand.number(),
                Facts.quoted(config.file()),
                config.apps().size(),
                config.routeCount(),
                ProcessHandle.current().pid(),
                (System.nanoTime() - began) / 1_000_000);
    }
}
