package dev.gatehouse.memory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http2.BufferingFlowControlStrategy;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;

/// Flow control (RFC 9113 §5.2) whose windows begin small and are opened when what came is taken: who is not listened
/// to cannot make us keep much. While memory is short none is opened, and those that were shrink again. Confined to
/// its loop.
public class GrowingWindows extends BufferingFlowControlStrategy {
    private static final float RATIO = 0.5f;

    private final Budget budget;
    private final int streamGrowth;
    private final int sessionGrowth;
    private final int sessionWindow;
    /// What of a stream's content was taken; as soon as its window is large, how much larger it is than at first, below
    /// 0.
    private final Map<Stream, Integer> streams = new HashMap<>();

    private int sessionTaken;
    private boolean sessionLarge;

    /// @param sessionWindow that the session begins with
    /// @param streamGrowth by how much the window of a stream is opened
    /// @param sessionGrowth by how much that of the session is
    public GrowingWindows(Budget budget, int sessionWindow, int streamGrowth, int sessionGrowth) {
        super(RATIO);
        this.budget = budget;
        this.sessionWindow = sessionWindow;
        this.streamGrowth = streamGrowth;
        this.sessionGrowth = sessionGrowth;
        this.sessionLarge = sessionGrowth == 0;
    }

    @Override
    public void onStreamDestroyed(Stream stream) {
        streams.remove(stream);
        super.onStreamDestroyed(stream);
    }

    @Override
    public void onDataConsumed(Session session, Stream stream, int length) {
        if (length <= 0) {
            return;
        }
        boolean isShort = budget.isShort();
        boolean growing = stream != null && !stream.isRemotelyClosed();
        int known = growing ? streams.getOrDefault(stream, 0) : 0;
        if (isShort && known <= -length) {
            streams.put(stream, known + length);
            super.onDataConsumed(session, null, length);
            return;
        }
        super.onDataConsumed(session, stream, length);
        if (isShort) {
            return;
        }
        if (!sessionLarge) {
            sessionTaken += length;
            if (sessionTaken > sessionWindow * RATIO) {
                sessionLarge = true;
                updateRecvWindow(session, sessionGrowth);
                sendWindowUpdate(session, null, List.of(new WindowUpdateFrame(0, sessionGrowth)));
            }
        }
        if (growing && known >= 0) {
            int taken = known + length;
            if (taken > getInitialStreamRecvWindow() * RATIO) {
                streams.put(stream, -streamGrowth);
                updateRecvWindow(stream, streamGrowth);
                sendWindowUpdate(session, stream, List.of(new WindowUpdateFrame(stream.getId(), streamGrowth)));
            } else {
                streams.put(stream, taken);
            }
        }
    }
}
