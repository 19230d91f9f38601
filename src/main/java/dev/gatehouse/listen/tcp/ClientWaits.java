package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.Failure;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// The times in which an exchange waits for its client, made with the first of them: for a piece of the body, or until
/// a piece of the response is taken. One timer serves both, and stays when a wait ends in time. Confined to its loop.
final class ClientWaits {
    /// Part of `stream_idle` by which silence may be noticed late.
    private static final int QUIET_PART = 8;

    private final PacedExchange exchange;
    private @Nullable Pace reading;
    private @Nullable Pace writing;
    private Scheduler.@Nullable Task timer;
    private long timerAt;
    private long quietSince;
    private long quietBytes;

    ClientWaits(PacedExchange exchange) {
        this.exchange = exchange;
    }

    /// A piece of the body is awaited.
    void bodyBegins() {
        long now = System.nanoTime();
        quietSince = now;
        if (exchange.isTalk()) {
            armForQuiet(now);
            return;
        }
        var pace = reading;
        if (pace == null) {
            pace = exchange.newPace();
            reading = pace;
        }
        if (pace != null && !pace.isWaiting()) {
            exchange.awaited(false, 1);
            pace.begin(now, exchange.contentIn(), exchange.bytesReceived());
            arm(now, pace.nextCheck());
        }
    }

    /// It came.
    void bodyEnds() {
        var pace = reading;
        if (pace != null && pace.isWaiting()) {
            pace.end(System.nanoTime(), exchange.contentIn(), exchange.bytesReceived(), exchange.awaited(false, 0));
            exchange.awaited(false, -1);
        }
    }

    /// A piece of the response is on its way to the client.
    void writeBegins() {
        var pace = writing;
        if (pace == null) {
            pace = exchange.newPace();
            writing = pace;
        }
        if (pace != null && !pace.isWaiting()) {
            long now = System.nanoTime();
            exchange.awaited(true, 1);
            pace.begin(now, exchange.contentOut(), exchange.ownContentOut());
            arm(now, pace.nextCheck());
        }
    }

    /// The client, or the kernel for it, took it.
    void writeEnds() {
        var pace = writing;
        if (pace != null && pace.isWaiting()) {
            pace.end(System.nanoTime(), exchange.contentOut(), exchange.ownContentOut(), exchange.awaited(true, 0));
            exchange.awaited(true, -1);
        }
    }

    /// The exchange is over.
    void stop() {
        bodyEnds();
        writeEnds();
        var running = timer;
        timer = null;
        if (running != null) {
            running.cancel();
        }
    }

    private void arm(long now, long delay) {
        long at = now + Math.max(delay, TimeUnit.MILLISECONDS.toNanos(1));
        var running = timer;
        if (running != null) {
            if (timerAt - at <= 0) {
                return;
            }
            running.cancel();
        }
        timerAt = at;
        timer = exchange.loop().schedule(this::check, at - now, TimeUnit.NANOSECONDS);
    }

    private void armForQuiet(long now) {
        long limit = exchange.streamIdleNanos();
        if (limit != 0) {
            arm(now, Math.min(quietSince + limit - now, limit / QUIET_PART));
        }
    }

    private void check() {
        timer = null;
        if (exchange.ended()) {
            return;
        }
        long now = System.nanoTime();
        var response = writing;
        if (response != null && response.isWaiting()) {
            quietSince = now;
            response.settle(now, exchange.contentOut(), exchange.ownContentOut(), exchange.awaited(true, 0));
            if (response.isTooSlow(exchange.memoryIsShort())) {
                exchange.readerTooSlow();
                return;
            }
            arm(now, response.nextCheck());
        }
        if (!exchange.awaitsBody()) {
            return;
        }
        if (exchange.isTalk()) {
            bodyEnds();
            checkQuiet(now);
            return;
        }
        var body = reading;
        if (body != null && body.isWaiting()) {
            body.settle(now, exchange.contentIn(), exchange.bytesReceived(), exchange.awaited(false, 0));
            if (body.isTooSlow(exchange.memoryIsShort())) {
                exchange.bodyTooSlow(Failure.BODY_TIMEOUT, "client sends too slowly");
            } else {
                arm(now, body.nextCheck());
            }
        }
    }

    /// Both sides may talk, as in a tunnel, and pause as long.
    private void checkQuiet(long now) {
        long moved = exchange.bytesSent() + exchange.bytesReceived();
        if (moved != quietBytes) {
            quietBytes = moved;
            quietSince = now;
        }
        long limit = exchange.streamIdleNanos();
        if (limit != 0 && now - quietSince >= limit) {
            exchange.bodyTooSlow(Failure.STREAM_IDLE, "silence in both directions");
        } else {
            armForQuiet(now);
        }
    }
}
