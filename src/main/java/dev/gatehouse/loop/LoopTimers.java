package dev.gatehouse.loop;

import java.util.PriorityQueue;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// The timers of one loop, earliest first. Confined to the loop's thread, but for [Timer#cancel].
final class LoopTimers {
    private final PriorityQueue<Timer> queue = new PriorityQueue<>();
    private int cancelled;

    Timer add(Runnable task, long delayNanos) {
        var timer = new Timer(this, task, System.nanoTime() + Math.max(0, delayNanos));
        queue.add(timer);
        return timer;
    }

    @Nullable
    Runnable pollDue() {
        while (true) {
            var first = queue.peek();
            if (first == null) {
                return null;
            }
            var task = first.task;
            if (task != null && first.deadline - System.nanoTime() > 0) {
                return null;
            }
            queue.remove();
            if (task != null) {
                first.task = null;
                return task;
            }
            cancelled--;
        }
    }

    long millisToNext() {
        var first = queue.peek();
        return first == null ? 0 : Math.max(1, (first.deadline - System.nanoTime() + 999_999) / 1_000_000);
    }

    int size() {
        return queue.size();
    }

    /// Cancelled timers hold nothing but themselves; when they are the greater part, they are swept out.
    private void sweep() {
        cancelled++;
        if (cancelled > 64 && cancelled > queue.size() / 2) {
            queue.removeIf(timer -> timer.task == null);
            cancelled = 0;
        }
    }

    static final class Timer implements Scheduler.Task, Comparable<Timer> {
        private final LoopTimers owner;
        private final long deadline;
        private volatile @Nullable Runnable task;

        private Timer(LoopTimers owner, Runnable task, long deadline) {
            this.owner = owner;
            this.task = task;
            this.deadline = deadline;
        }

        /// Any thread; only the loop's own sweeps.
        @Override
        public boolean cancel() {
            if (task == null) {
                return false;
            }
            task = null;
            var loop = Loop.current();
            if (loop != null) {
                owner.sweep();
            }
            return true;
        }

        @Override
        public int compareTo(Timer other) {
            return Long.compare(deadline - other.deadline, 0);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }
}
