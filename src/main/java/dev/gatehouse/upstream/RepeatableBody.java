package dev.gatehouse.upstream;

import dev.gatehouse.memory.Budget;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.Trailers;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/// A request's body that may have to be sent once more, because the upstream did nothing with what it got. What is
/// read is kept until the response begins: up to 64 KiB, and only while memory is not short. Confined to its loop.
public final class RepeatableBody implements Content.Source {
    /// Bytes that are kept.
    public static final int MAX_KEPT = 64 * 1024;

    private static final int FIRST_BYTES = 512;
    private static final byte[] NOTHING = {};

    private final Content.Source client;
    private final Budget budget;
    private byte[] kept = NOTHING;
    private int size;
    private @Nullable HttpFields trailers;
    private boolean ended;
    private boolean forgotten;
    private boolean contentAgain;
    private boolean trailersAgain;

    /// @param client the body as it comes
    /// @param budget charged for what is kept
    RepeatableBody(Content.Source client, Budget budget) {
        this.client = client;
        this.budget = budget;
    }

    /// Whether the body of a call that failed can be sent in another one.
    ///
    /// @param body null where nothing is kept
    public static boolean mayRepeat(UpstreamCall failed, @Nullable RepeatableBody body) {
        return !failed.bodyRead() || (body != null && body.isWhole());
    }

    /// Whether all that was read is still there.
    boolean isWhole() {
        return !forgotten;
    }

    /// Begins anew: what was read is read again, and then what follows it.
    public RepeatableBody repeat() {
        contentAgain = size > 0;
        trailersAgain = trailers != null;
        return this;
    }

    /// It will not be sent again: the response has begun, or the request is over. Gives the memory back.
    ///
    /// @param body null where nothing is kept
    public static void forget(@Nullable RepeatableBody body) {
        if (body != null) {
            body.forget();
        }
    }

    private void forget() {
        if (!forgotten) {
            forgotten = true;
            budget.release(kept.length);
            kept = NOTHING;
        }
    }

    @Override
    public Content.@Nullable Chunk read() {
        if (contentAgain) {
            contentAgain = false;
            return Content.Chunk.from(ByteBuffer.wrap(kept, 0, size), ended && trailers == null);
        }
        var behind = trailers;
        if (trailersAgain && behind != null) {
            trailersAgain = false;
            return new Trailers(behind);
        }
        var chunk = client.read();
        if (chunk != null && !forgotten) {
            keep(chunk);
        }
        return chunk;
    }

    private void keep(Content.Chunk chunk) {
        if (Content.Chunk.isFailure(chunk)) {
            forget();
            return;
        }
        var content = chunk.getByteBuffer();
        int bytes = content.remaining();
        if (bytes > 0 && !makeRoom(size + bytes)) {
            forget();
            return;
        }
        content.get(content.position(), kept, size, bytes);
        size += bytes;
        ended |= chunk.isLast();
        if (chunk instanceof Trailers last) {
            trailers = last.getTrailers();
        }
    }

    /// @return whether that much may be kept
    private boolean makeRoom(int bytes) {
        if (bytes <= kept.length) {
            return true;
        }
        int capacity = Math.clamp(2L * kept.length, Math.max(bytes, FIRST_BYTES), Math.max(bytes, MAX_KEPT));
        if (bytes > MAX_KEPT || !budget.tryHold(capacity - kept.length)) {
            return false;
        }
        kept = Arrays.copyOf(kept, capacity);
        return true;
    }

    @Override
    public void demand(Runnable callback) {
        client.demand(callback);
    }

    @Override
    public void fail(Throwable cause) {
        client.fail(cause);
    }
}
