package dev.gatehouse.service;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The service manager that started the process, if it wants to be told (`sd_notify(3)`). Any thread.
public final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    private final @Nullable NotifySocket socket;
    private final @Nullable Duration watchdog;
    private volatile boolean silent;

    private ServiceManager(@Nullable NotifySocket socket, @Nullable Duration watchdog) {
        this.socket = socket;
        this.watchdog = watchdog;
    }

    /// The one that `NOTIFY_SOCKET` names, or one that nobody hears.
    ///
    /// @param environment also with `WATCHDOG_USEC`, which is meant for us if `WATCHDOG_PID` is absent or `pid`
    public static ServiceManager of(Map<String, String> environment, long pid) {
        var name = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (name.isEmpty()) {
            return new ServiceManager(null, null);
        }
        try {
            return new ServiceManager(new NotifySocket(name), watchdog(environment, pid));
        } catch (IllegalArgumentException wrong) {
            LOG.warn("the service manager is not told NOTIFY_SOCKET=\"{}\" cause=\"{}\"", name, wrong.getMessage());
            return new ServiceManager(null, null);
        }
    }

    private static @Nullable Duration watchdog(Map<String, String> environment, long pid) {
        var period = environment.getOrDefault("WATCHDOG_USEC", "");
        var meant = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
        if (!period.matches("[1-9][0-9]{0,17}") || !meant.equals(Long.toString(pid))) {
            return null;
        }
        return Duration.ofNanos(Math.multiplyExact(1_000L, Math.min(Long.parseLong(period), Long.MAX_VALUE / 1_000)));
    }

    /// How often it must hear [#alive]; null where it does not care.
    public @Nullable Duration watchdog() {
        return watchdog;
    }

    /// The start, or a reload, is over.
    ///
    /// @param status one line for people
    public void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    /// A reload has begun; [#ready] ends it.
    public void reloading() {
        // Java's clock is the kernel's CLOCK_MONOTONIC.
        send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1_000 + "\nSTATUS=reading the configuration");
    }

    /// The end has begun.
    ///
    /// @param atMost how long it may take from now on
    public void stopping(Duration atMost) {
        send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + atMost.toNanos() / 1_000 + "\nSTATUS=serving who is still there");
    }

    /// Another process is the service from now on; this one says nothing more.
    public void passTo(long pid) {
        send("MAINPID=" + pid);
        silent = true;
    }

    /// The process works.
    public void alive() {
        send("WATCHDOG=1");
    }

    private void send(String text) {
        if (socket != null && !silent) {
            try {
                socket.send(text);
            } catch (IOException failed) {
                LOG.warn("the service manager was not told socket=\"{}\" cause=\"{}\"", socket, failed.getMessage());
            }
        }
    }
}
