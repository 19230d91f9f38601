package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.TimeoutsConfig;
import dev.gatehouse.http.Failure;
import dev.gatehouse.loop.Loop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The part of an exchange that limits how long its client is waited for. One that never waits costs nothing.
abstract class PacedExchange extends CountedExchange {
    private long stallNanos;
    private long minRate;
    private long streamIdleNanos;
    private boolean talk;
    private @Nullable ClientWaits waits;

    PacedExchange(TimeoutsConfig timeouts, RequestsUnderWay underWay) {
        super(underWay);
        stallNanos = timeouts.clientStall().toNanos();
        minRate = timeouts.clientMinRate();
        streamIdleNanos = timeouts.streamIdle().toNanos();
    }

    abstract Loop loop();

    abstract boolean ended();

    /// Whether a piece of the body is awaited.
    abstract boolean awaitsBody();

    /// Content that the client has sent on its connection, in all its exchanges.
    abstract long contentIn();

    /// The same for what it, or the kernel for it, has taken of responses.
    abstract long contentOut();

    /// What it has taken of this one.
    abstract long ownContentOut();

    /// Counts the exchanges of a connection that wait for its client.
    ///
    /// @param response whether for a response to be taken, or for a body
    /// @param change how many more they are
    /// @return how many they are
    abstract int awaited(boolean response, int change);

    abstract boolean memoryIsShort();

    /// Has a client found out that is gone without a word.
    abstract void probePeer();

    /// The client does not take the response.
    abstract void readerTooSlow();

    /// The body ends in this failure; who waits is called.
    abstract void bodyTooSlow(Failure failure, String detail);

    @Override
    public final void clientPace(Duration stall, long bytesPerSecond) {
        stallNanos = stall.toNanos();
        minRate = bytesPerSecond;
    }

    @Override
    public final void streamIdle(Duration limit, boolean fromTheStart) {
        streamIdleNanos = limit.toNanos();
        talk = fromTheStart;
        if (streamIdleNanos == 0) {
            probePeer();
        }
    }

    /// Whether client and upstream may be talking to each other.
    boolean isTalk() {
        return talk || committed();
    }

    long streamIdleNanos() {
        return streamIdleNanos;
    }

    /// Null where there is no limit.
    @Nullable
    Pace newPace() {
        return stallNanos == 0 ? null : new Pace(stallNanos, minRate);
    }

    // ---- waiting

    void bodyWaitBegins() {
        waits().bodyBegins();
    }

    void bodyWaitEnds() {
        var its = waits;
        if (its != null) {
            its.bodyEnds();
        }
    }

    void writeWaitBegins() {
        waits().writeBegins();
    }

    void writeWaitEnds() {
        var its = waits;
        if (its != null) {
            its.writeEnds();
        }
    }

    void stopWaits() {
        var its = waits;
        if (its != null) {
            its.stop();
        }
    }

    private ClientWaits waits() {
        var made = waits;
        if (made == null) {
            made = new ClientWaits(this);
            waits = made;
        }
        return made;
    }
}
