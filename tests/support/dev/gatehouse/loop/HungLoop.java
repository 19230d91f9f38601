package dev.gatehouse.loop;

import java.util.concurrent.locks.LockSupport;

/// Makes a loop of this process hang.
public final class HungLoop {
    private HungLoop() {}

    /// The first loop never does anything again.
    public static void make() {
        Thread.getAllStackTraces().keySet().stream()
                .filter(LoopThread.class::isInstance)
                .map(thread -> ((LoopThread) thread).loop())
                .filter(loop -> loop.index() == 0)
                .forEach(loop -> loop.execute(HungLoop::hang));
    }

    private static void hang() {
        while (true) {
            LockSupport.park();
        }
    }
}
