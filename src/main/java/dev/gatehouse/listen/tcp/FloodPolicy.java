package dev.gatehouse.listen.tcp;

import java.time.Duration;
import java.util.function.Consumer;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.frames.ContinuationFrame;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.PriorityFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.UnknownFrame;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;
import org.eclipse.jetty.io.RateControl;

/// How many frames that cost us more than the client a connection may send: resets, pings, settings, empty frames, and
/// whatever makes us reset a stream. A budget that refills with time; when it is spent Jetty closes the connection
/// with ENHANCE_YOUR_CALM (RFC 9113 §10.5).
///
/// Free are resets that are our own doing, and what a busy client that behaves sends in proportion to its work: it
/// acknowledges the end of an answer when its stream is closed already, says priorities with each request, and has the
/// body of a request under way whose answer came early. Such frames are paid from what the connection has earned.
/// Confined to its loop.
final class FloodPolicy implements RateControl {
    private static final double BUDGET = 250;
    private static final double PER_SECOND = 100;
    private static final int MOST_EARNED = 100_000;

    /// What giving room for content costs us: no answer, no memory.
    private static final double WINDOW_COST = 0.02;

    private final Consumer<String> flooded;
    private final long headNanos;
    private double left = BUDGET;
    private long refilled = System.nanoTime();
    private int earned;
    private boolean ours;
    private boolean told;
    private boolean inHead;
    private long headBegan;

    /// @param head how long a head in several frames may take; zero is no limit
    /// @param flooded told once, with the log token of the frame that was too many
    FloodPolicy(Duration head, Consumer<String> flooded) {
        this.headNanos = head.toNanos();
        this.flooded = flooded;
    }

    @Override
    public boolean onEvent(Object event) {
        if (ours) {
            return true;
        }
        if (event instanceof ContinuationFrame part && tooSlow(part)) {
            tell("slow.header");
            return false;
        }
        if (earned > 0 && isWork(event)) {
            earned--;
            return true;
        }
        long now = System.nanoTime();
        left = Math.min(BUDGET, left + (now - refilled) / 1e9 * PER_SECOND) - cost(event);
        refilled = now;
        if (left >= 0) {
            return true;
        }
        tell(token(event));
        return false;
    }

    /// A head in many pieces must be complete in time, like one of HTTP/1.
    private boolean tooSlow(ContinuationFrame part) {
        long now = System.nanoTime();
        if (!inHead) {
            inHead = true;
            headBegan = now;
        }
        boolean late = headNanos != 0 && now - headBegan > headNanos;
        inHead = !part.isEndHeaders();
        return late;
    }

    private void tell(String token) {
        if (!told) {
            told = true;
            flooded.accept(token);
        }
    }

    /// The client did something, or got something, that frames follow from.
    void earn(int frames) {
        earned = Math.min(MOST_EARNED, earned + frames);
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

    private static double cost(Object event) {
        return event instanceof WindowUpdateFrame update && update.getWindowDelta() > 0 ? WINDOW_COST : 1;
    }

    private static boolean isWork(Object event) {
        return switch (event) {
            case WindowUpdateFrame update -> update.getWindowDelta() > 0;
            case DataFrame data -> data.remaining() > 0;
            case PriorityFrame _, UnknownFrame _ -> true;
            default -> false;
        };
    }

    /// Resets of ours that a client provoked say what it did wrong; those of a client say that it has no need any more.
    private static String token(Object event) {
        return switch (event) {
            case ResetFrame reset
            when reset.getError() == ErrorCode.CANCEL_STREAM_ERROR.code
                    || reset.getError() == ErrorCode.NO_ERROR.code -> "h2.flood.rst";
            case ResetFrame _ -> "h2.flood.srv_rst";
            case HeadersFrame _, ContinuationFrame _ -> "h2.flood.cont";
            default -> "h2.flood.ctl";
        };
    }
}
