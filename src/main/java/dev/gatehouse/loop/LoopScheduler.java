package dev.gatehouse.loop;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// The scheduler that Jetty gets: a timer runs on the loop that set it; one set elsewhere runs on the first loop.
public final class LoopScheduler extends AbstractLifeCycle implements Scheduler {
    private @Nullable Loops loops;

    LoopScheduler() {}

    void loops(Loops all) {
        loops = all;
    }

    @Override
    public Task schedule(Runnable task, long delay, TimeUnit unit) {
        var loop = Loop.current();
        return loop != null ? loop.schedule(task, delay, unit) : new Remote(task, delay, unit);
    }

    private final class Remote implements Task {
        private volatile boolean cancelled;

        Remote(Runnable task, long delay, TimeUnit unit) {
            var all = loops;
            if (all == null) {
                throw new IllegalStateException("no loops");
            }
            var first = all.get(0);
            first.execute(() -> first.schedule(
                    () -> {
                        if (!cancelled) {
                            task.run();
                        }
                    },
                    delay,
                    unit));
        }

        @Override
        public boolean cancel() {
            boolean first = !cancelled;
            cancelled = true;
            return first;
        }
    }
}
