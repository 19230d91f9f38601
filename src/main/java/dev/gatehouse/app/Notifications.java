package dev.gatehouse.app;

import dev.gatehouse.app.ReloadOutcome.Kind;
import dev.gatehouse.service.ServiceManager;
import java.time.Duration;

/// Tells the service manager about start, reloads and end of a proxy.
final class Notifications implements Reloader.Watcher {
    /// What closing takes when the drain is over.
    private static final Duration CLOSING = Duration.ofSeconds(15);

    private final ServiceManager manager;
    private final Gatehouse proxy;

    Notifications(ServiceManager manager, Gatehouse proxy) {
        this.manager = manager;
        this.proxy = proxy;
    }

    /// It serves.
    void ready() {
        manager.ready(serving());
    }

    @Override
    public void begun() {
        manager.reloading();
    }

    @Override
    public void ended(ReloadOutcome outcome) {
        manager.ready(
                outcome.kind() == Kind.REJECTED ? serving() + "; the newest configuration was rejected" : serving());
    }

    /// Another process serves in its place.
    void succeeded(long pid) {
        manager.passTo(pid);
    }

    /// It drains.
    void stopping() {
        manager.stopping(proxy.longestDrain().plus(CLOSING));
    }

    private String serving() {
        var generation = proxy.generation();
        return "generation " + generation.number() + " serves "
                + Words.count(generation.config().apps().size(), "app");
    }
}
