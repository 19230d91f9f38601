package dev.gatehouse.listen.tcp;

import org.eclipse.jetty.io.RateControl;

/// How many frames that cost us more than the client a connection may send: resets, pings, settings, empty frames, and
/// whatever makes us reset a stream. A budget that refills with time; when it is spent Jetty closes the connection
/// with ENHANCE_YOUR_CALM (RFC 9113 §10.5). Resets that are our own doing are free. Confined to its loop.
final class FloodPolicy implements RateControl {
    private static final double BUDGET = 250;
    private static final double PER_SECOND = 100;

    private double left = BUDGET;
    private long refilled = System.nanoTime();
    private boolean ours;

    @Override
    public boolean onEvent(Object event) {
        if (ours) {
            return true;
        }
        long now = System.nanoTime();
        left = Math.min(BUDGET, left + (now - refilled) / 1e9 * PER_SECOND) - 1;
        refilled = now;
        return left >= 0;
    }

    /// Runs something whose resets are not the client's doing.
    void free(Runnable action) {
        ours = true;
        try {
            action.run();
        } finally {
            ours = false;
        }
    }
}
