package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import dev.gatehouse.loop.Loop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// Until when an upstream has to take what it is sent, and until when it has to answer. One timer serves both and
/// stays when a limit is met in time, so that a request in time costs no timer. Confined to its loop.
final class Deadlines {
    /// Told when a limit is over.
    interface Late {
        void late(Failure failure, String detail);
    }

    private final Loop loop;
    private final Late late;
    private long answerBy;
    private Failure answerFailure = Failure.RESPONSE_TIMEOUT;
    private String answerDetail = "";
    private long takenBy;
    private Scheduler.@Nullable Task timer;
    private long timerAt;

    Deadlines(Loop loop, Late late) {
        this.loop = loop;
        this.late = late;
    }

    /// The next part of the answer is due.
    ///
    /// @param limit zero is no limit
    void answerWithin(Duration limit, Failure failure, String detail) {
        answerFailure = failure;
        answerDetail = detail;
        answerBy = from(limit);
        arm(answerBy);
    }

    /// Nobody waits for the answer now.
    void noAnswerDue() {
        answerBy = 0;
    }

    /// The upstream has to take what is being written.
    ///
    /// @param limit zero is no limit
    void takeWithin(Duration limit) {
        takenBy = from(limit);
        arm(takenBy);
    }

    /// It took it.
    void taken() {
        takenBy = 0;
    }

    void clear() {
        answerBy = 0;
        takenBy = 0;
    }

    /// The connection is gone.
    void stop() {
        clear();
        var running = timer;
        timer = null;
        if (running != null) {
            running.cancel();
        }
    }

    private static long from(Duration limit) {
        if (limit.isZero()) {
            return 0;
        }
        long at = System.nanoTime() + limit.toNanos();
        return at == 0 ? 1 : at;
    }

    private void arm(long deadline) {
        if (deadline == 0) {
            return;
        }
        var running = timer;
        if (running != null) {
            if (timerAt - deadline <= 0) {
                return;
            }
            running.cancel();
        }
        timerAt = deadline;
        timer = loop.schedule(this::check, deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void check() {
        timer = null;
        long now = System.nanoTime();
        if (answerBy != 0 && answerBy - now <= 0) {
            late.late(answerFailure, answerDetail);
        } else if (takenBy != 0 && takenBy - now <= 0) {
            late.late(Failure.UPSTREAM_IDLE, "the upstream does not read the request");
        } else {
            arm(answerBy);
            arm(takenBy);
        }
    }
}
