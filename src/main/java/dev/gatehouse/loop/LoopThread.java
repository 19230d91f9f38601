package dev.gatehouse.loop;

import org.eclipse.jetty.util.thread.Invocable;

/// The thread of a loop. Everything on it counts as non-blocking, so Jetty never looks for another thread.
final class LoopThread extends Thread {
    private final Loop loop;

    LoopThread(Loop loop, Runnable body) {
        super(() -> Invocable.invokeNonBlocking(body), "loop-" + loop.index());
        this.loop = loop;
    }

    Loop loop() {
        return loop;
    }
}
