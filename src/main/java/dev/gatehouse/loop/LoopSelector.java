package dev.gatehouse.loop;

import java.io.IOException;
import java.nio.channels.Selector;
import org.eclipse.jetty.io.ManagedSelector;

/// A selector whose thread also runs its loop's tasks and timers. What the thread asks of itself happens at once,
/// without the lock and the wake-up that other threads need.
final class LoopSelector extends ManagedSelector {
    private final Loop loop;

    LoopSelector(Loops loops, Loop loop) {
        super(loops, loop.index());
        this.loop = loop;
        loop.selector(this);
    }

    Loop loop() {
        return loop;
    }

    @Override
    public void submit(SelectorUpdate update) {
        if (Loop.current() == loop) {
            update.update(getSelector());
        } else {
            super.submit(update);
        }
    }

    /// Selects only when nothing is left to do: after tasks or timers Jetty must first apply what they asked for.
    @Override
    protected int nioSelect(Selector selector, boolean now) throws IOException {
        boolean ran = loop.runLater();
        ran |= loop.runTimers();
        if (ran) {
            return 0;
        }
        loop.nextPass();
        if (loop.takeNextPass()) {
            return selector.selectNow();
        }
        return now ? selector.selectNow() : selector.select(loop.millisToNextTimer());
    }
}
