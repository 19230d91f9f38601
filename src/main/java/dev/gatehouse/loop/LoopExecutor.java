package dev.gatehouse.loop;

import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.util.thread.TryExecutor;
import org.jspecify.annotations.Nullable;

/// The executor that Jetty gets: on a loop, tasks wait for the end of the current callback; elsewhere they get a
/// virtual thread. The first task of each loop, its selecting, gets the loop's thread.
public final class LoopExecutor implements ThreadPool, TryExecutor {
    private @Nullable Loops loops;
    private int started;

    LoopExecutor() {}

    void loops(Loops all) {
        loops = all;
    }

    @Override
    public boolean tryExecute(Runnable task) {
        execute(task);
        return true;
    }

    @Override
    public void execute(Runnable task) {
        var loop = Loop.current();
        if (loop != null) {
            loop.execute(task);
            return;
        }
        var first = nextToStart();
        if (first != null) {
            new LoopThread(first, task).start();
        } else {
            Thread.ofVirtual().name("off-loop").start(task);
        }
    }

    /// Loops start in their order, each by one task from the starting thread.
    private synchronized @Nullable Loop nextToStart() {
        var all = loops;
        return all != null && started < all.count() ? all.get(started++) : null;
    }

    @Override
    public void join() {}

    @Override
    public int getThreads() {
        return started;
    }

    @Override
    public int getIdleThreads() {
        return 0;
    }

    @Override
    public boolean isLowOnThreads() {
        return false;
    }
}
