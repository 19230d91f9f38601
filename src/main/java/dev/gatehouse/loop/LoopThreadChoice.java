package dev.gatehouse.loop;

import org.jspecify.annotations.Nullable;

/// Carries the chosen loop past `SelectorManager.accept`, which has no parameter for it.
final class LoopThreadChoice {
    private static final ThreadLocal<@Nullable Loop> CHOSEN = new ThreadLocal<>();

    private LoopThreadChoice() {}

    static @Nullable Loop chosen() {
        return CHOSEN.get();
    }

    static void run(Loop loop, Runnable action) {
        CHOSEN.set(loop);
        try {
            action.run();
        } finally {
            CHOSEN.remove();
        }
    }
}
