package dev.gatehouse.loop;

import java.util.function.Consumer;

/// A loop without a selector, whose rounds a test makes.
public final class TestLoop {
    private TestLoop() {}

    /// Runs a test on the thread of such a loop.
    public static void run(Consumer<Loop> test) {
        var failed = new Throwable[1];
        var thread = new LoopThread(new Loop(0), () -> {
            try {
                test.accept(Loop.require());
            } catch (Throwable thrown) {
                failed[0] = thrown;
            }
        });
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        if (failed[0] != null) {
            throw new AssertionError(failed[0]);
        }
    }

    /// What happens between two rounds of selecting.
    public static void round(Loop loop) {
        loop.runLater();
        loop.nextPass();
        loop.takeNextPass();
        loop.runLater();
    }
}
