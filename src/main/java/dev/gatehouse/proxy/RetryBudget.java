package dev.gatehouse.proxy;

/// Keeps repeated requests to a share of all, so that a struggling upstream is not asked twice as much: each request
/// pays in a fifth, each repetition takes one, and at most [#FULL] are saved up. Confined to its loop.
final class RetryBudget {
    private static final int FULL = 100;
    private static final double SHARE = 0.2;

    private double saved = FULL;

    void request() {
        saved = Math.min(FULL, saved + SHARE);
    }

    /// @return whether a repetition is allowed; it is paid for
    boolean take() {
        if (saved < 1) {
            return false;
        }
        saved--;
        return true;
    }
}
