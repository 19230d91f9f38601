package dev.gatehouse.loop;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One loop: what its thread does besides selecting. Everything but [#execute] belongs to the loop's own thread.
public final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    private final int index;
    private final LoopTimers timers = new LoopTimers();
    private final ArrayDeque<Runnable> later = new ArrayDeque<>();
    private final ArrayDeque<Runnable> nextPass = new ArrayDeque<>();
    private boolean draining;
    private long pass;
    private @Nullable LoopSelector selector;

    Loop(int index) {
        this.index = index;
    }

    /// The loop whose thread is calling; null on any other thread.
    public static @Nullable Loop current() {
        return Thread.currentThread() instanceof LoopThread thread ? thread.loop() : null;
    }

    /// The loop whose thread is calling.
    ///
    /// @throws IllegalStateException on any other thread
    public static Loop require() {
        var loop = current();
        if (loop == null) {
            throw new IllegalStateException("not on a loop: " + Thread.currentThread());
        }
        return loop;
    }

    /// Position among the loops, from 0.
    public int index() {
        return index;
    }

    /// Runs a task on this loop: from its own thread at the end of the current callback, never recursively; from any
    /// other thread as soon as the loop wakes. Any thread.
    public void execute(Runnable task) {
        if (current() == this) {
            later.add(task);
        } else {
            selector().submit(_ -> later.add(task));
        }
    }

    /// Runs a task after the other sockets of this loop had their turn: for transfers that could go on for ever. From
    /// the loop's thread.
    public void yieldTo(Runnable task) {
        nextPass.add(task);
    }

    /// Runs a task on this loop when the delay is over, not more than a few milliseconds early or late.
    public Scheduler.Task schedule(Runnable task, long delay, TimeUnit unit) {
        return timers.add(task, unit.toNanos(delay));
    }

    /// Which round of selecting this is.
    public long pass() {
        return pass;
    }

    void nextPass() {
        pass++;
    }

    void selector(LoopSelector selector) {
        this.selector = selector;
    }

    LoopSelector selector() {
        var known = selector;
        if (known == null) {
            throw new IllegalStateException("loop " + index + " is not started");
        }
        return known;
    }

    /// Runs what was put off until the end of a callback, and what that puts off in turn.
    ///
    /// @return whether anything ran
    boolean runLater() {
        if (draining || later.isEmpty()) {
            return false;
        }
        draining = true;
        try {
            for (var task = later.poll(); task != null; task = later.poll()) {
                run(task);
            }
        } finally {
            draining = false;
        }
        return true;
    }

    /// Whether transfers wait for their next turn; they get it after the selecting that follows.
    boolean takeNextPass() {
        if (nextPass.isEmpty()) {
            return false;
        }
        later.addAll(nextPass);
        nextPass.clear();
        return true;
    }

    /// Runs the timers that are due.
    ///
    /// @return whether any was
    boolean runTimers() {
        boolean ran = false;
        for (var task = timers.pollDue(); task != null; task = timers.pollDue()) {
            run(task);
            ran = true;
        }
        return ran;
    }

    /// Milliseconds until the next timer, at least 1; 0 when there is none.
    long millisToNextTimer() {
        return timers.millisToNext();
    }

    private static void run(Runnable task) {
        // OutOfMemoryError of direct memory only: that of the heap ends the process.
        try {
            task.run();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError bug) {
            LOG.error("task failed on a loop", bug);
        }
    }
}
