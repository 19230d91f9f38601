package dev.gatehouse.listen.tcp;

/// A budget that refills with time. Confined to one thread.
final class TokenBucket {
    private final double most;
    private final double perSecond;
    private double left;
    private long refilled = System.nanoTime();

    /// @param most what it holds, and holds at first
    /// @param perSecond what it gets back each second
    TokenBucket(double most, double perSecond) {
        this.most = most;
        this.perSecond = perSecond;
        this.left = most;
    }

    /// Takes some, whether or not it is there.
    ///
    /// @return whether it was there
    boolean take(double cost) {
        long now = System.nanoTime();
        left = Math.min(most, left + (now - refilled) / 1e9 * perSecond) - cost;
        refilled = now;
        return left >= 0;
    }
}
