package dev.gatehouse.listen.tcp;

import java.util.function.Consumer;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.frames.ContinuationFrame;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
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
    private static final int MOST_EARNED = 10_000;

    /// What giving room for content costs us: no answer, no memory.
    private static final double WINDOW_COST = 0.05;

    private final Consumer<String> flooded;
    private final TokenBucket budget = new TokenBucket(BUDGET, PER_SECOND);
    private int earned;
    private boolean ours;
    private boolean told;

    /// @param flooded told once, with the log token of the frame that was too many
    FloodPolicy(Consumer<String> flooded) {
        this.flooded = flooded;
    }

    @Override
    public boolean onEvent(Object event) {
        // [Http2Parser] counts these.
        if (ours || event instanceof ContinuationFrame) {
            return true;
        }
        if (earned > 0 && isWork(event)) {
            earned--;
            return true;
        }
        if (budget.take(cost(event))) {
            return true;
        }
        if (!told) {
            told = true;
            flooded.accept(token(event));
        }
        return false;
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

    /// Among them pings: clients measure with them how fast an answer comes.
    private static boolean isWork(Object event) {
        return switch (event) {
            case WindowUpdateFrame update -> update.getWindowDelta() > 0;
            case DataFrame data -> data.remaining() > 0;
            case PingFrame ping -> !ping.isReply();
            case PriorityFrame _, UnknownFrame _ -> true;
            default -> false;
        };
    }

    /// Resets of ours that a client provoked say what it did wrong; those of a client say that it has no need any more.
    private static String token(Object event) {
        boolean provoked = switch (event) {
            case ResetFrame reset ->
                reset.getError() != ErrorCode.CANCEL_STREAM_ERROR.code && reset.getError() != ErrorCode.NO_ERROR.code;
            case WindowUpdateFrame update -> update.getWindowDelta() == 0;
            case DataFrame data -> data.remaining() > 0;
            case HeadersFrame _ -> true;
            default -> false;
        };
        if (provoked) {
            return "h2.flood.srv_rst";
        }
        return event instanceof ResetFrame ? "h2.flood.rst" : "h2.flood.ctl";
    }
}
