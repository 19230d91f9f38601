package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import dev.gatehouse.http.RequestFailure;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/// Carries a request's body from the client to the upstream, a piece at a time: the next piece is read when the last
/// one is written. Confined to its loop.
abstract class BodyPump extends IteratingCallback {
    private final Owner owner;
    private final UpstreamCall call;
    private Content.@Nullable Chunk piece;
    private long left;
    private boolean held;
    private boolean last;
    private boolean stopped;

    BodyPump(Owner owner, UpstreamCall call) {
        super();
        this.owner = owner;
        this.call = call;
        this.left = call.contentLength();
    }

    /// Who sends the request.
    interface Owner {
        /// A piece of the body is on its way to the upstream.
        void bodyWriting();

        /// The upstream took the piece.
        void bodyWritten();

        /// The request is sent in full.
        void bodySent();

        /// The client's body ends in a failure; the upstream must not take what it got for the whole.
        void bodyFailed(Failure failure, String detail);

        /// The upstream does not take more. It may have answered already, so it is heard first.
        void writeFailed(Throwable cause);
    }

    /// Whether the request's head waits for the first piece.
    abstract boolean hasHead();

    /// Writes the head alone; completes this callback.
    abstract void writeHead();

    /// Writes a piece with what frames it, and behind the last one the trailers; completes this callback.
    abstract void write(Content.Chunk next, boolean isLast);

    /// @param hold whether the body waits for [#go]; it goes as well when the client sends it unasked
    void start(boolean hold) {
        held = hold;
        iterate();
    }

    /// The upstream wants the body, or is not asked any longer.
    ///
    /// @return whether it was held back until now
    boolean go() {
        boolean was = held;
        held = false;
        return was;
    }

    void stop() {
        stopped = true;
        abort(new RequestFailure(Failure.CLIENT_ABORTED, "stopped"));
    }

    @Override
    protected Action process() {
        if (stopped) {
            return Action.SUCCEEDED;
        }
        if (last) {
            owner.bodySent();
            return Action.SUCCEEDED;
        }
        if (held && hasHead()) {
            owner.bodyWriting();
            writeHead();
            return Action.SCHEDULED;
        }
        var next = call.body().read();
        if (next == null) {
            if (hasHead()) {
                owner.bodyWriting();
                writeHead();
                return Action.SCHEDULED;
            }
            call.body().demand(this::iterate);
            return Action.IDLE;
        }
        held = false;
        if (Content.Chunk.isFailure(next)) {
            stopped = true;
            if (next.getFailure() instanceof RequestFailure known) {
                owner.bodyFailed(known.failure(), String.valueOf(known.getMessage()));
            } else {
                owner.bodyFailed(Failure.CLIENT_ABORTED, String.valueOf(next.getFailure()));
            }
            return Action.SUCCEEDED;
        }
        call.bodyTaken();
        last = next.isLast();
        if (call.contentLength() >= 0) {
            left -= next.getByteBuffer().remaining();
            if (left < 0 || (last && left > 0)) {
                stopped = true;
                next.release();
                owner.bodyFailed(Failure.STREAM_MALFORMED, "body and content-length differ");
                return Action.SUCCEEDED;
            }
        }
        piece = next;
        owner.bodyWriting();
        write(next, last);
        return Action.SCHEDULED;
    }

    @Override
    protected void onSuccess() {
        owner.bodyWritten();
        releasePiece();
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
        releasePiece();
        if (!stopped) {
            stopped = true;
            owner.writeFailed(cause);
        }
    }

    private void releasePiece() {
        var done = piece;
        piece = null;
        if (done != null) {
            done.release();
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
