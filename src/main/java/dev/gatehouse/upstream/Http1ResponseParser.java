package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import dev.gatehouse.http.Protocol;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/// Reads the responses that come on one connection, an event at a time, and believes none whose end could be read in
/// two ways (RFC 9112 §6). Confined to its loop.
final class Http1ResponseParser {
    /// Bytes of a header section, status line included; and of a trailer section.
    static final int HEAD_BYTES = 64 * 1024;

    /// Fields of a header section, and of a trailer section.
    static final int MAX_FIELDS = 1000;

    /// Bytes of a chunk's size with its extensions.
    private static final int CHUNK_LINE_BYTES = 4096;

    /// Where parsing stopped.
    enum Event {
        /// All bytes are used up.
        NONE,
        /// The header section is complete.
        HEAD,
        /// There is [#content].
        CONTENT,
        /// The response is complete.
        COMPLETE,
        /// It is no response: see [#failure] and [#problem].
        BAD
    }

    private enum State {
        STATUS_LINE,
        FIELDS,
        LENGTH,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS,
        TO_THE_END,
        ENDED,
        BROKEN
    }

    private final Http1Line line = new Http1Line();
    private final Http1ResponseHead head = new Http1ResponseHead();
    private State state = State.STATUS_LINE;
    private HttpFields.@Nullable Mutable trailers;
    private ByteBuffer content = BufferUtil.EMPTY_BUFFER;
    private boolean toHead;
    private boolean headComplete;
    /// Of the content, or of the chunk.
    private long left;
    private boolean badFraming;
    private String problem = "";

    /// Begins another response.
    ///
    /// @param answersHead whether the request was a HEAD: then there is no content, whatever the fields say
    void reset(boolean answersHead) {
        head.reset();
        trailers = null;
        content = BufferUtil.EMPTY_BUFFER;
        toHead = answersHead;
        headComplete = false;
        badFraming = false;
        problem = "";
        expectLine(State.STATUS_LINE, HEAD_BYTES);
    }

    private void expectLine(State next, int mostBytes) {
        state = next;
        line.allow(mostBytes);
    }

    /// Reads on, up to the next event.
    Event next(ByteBuffer bytes) {
        try {
            return read(bytes);
        } catch (BadResponse bad) {
            badFraming = bad.framing() || headComplete;
            problem = where() + bad.getMessage();
            state = State.BROKEN;
            return Event.BAD;
        }
    }

    private String where() {
        return switch (state) {
            case CHUNK_SIZE, CHUNK_END -> "chunk: ";
            case TRAILERS -> "trailers: ";
            default -> "";
        };
    }

    private Event read(ByteBuffer bytes) throws BadResponse {
        while (true) {
            switch (state) {
                case LENGTH, CHUNK, TO_THE_END -> {
                    return bytes.hasRemaining() ? take(bytes) : Event.NONE;
                }
                case ENDED -> {
                    return Event.COMPLETE;
                }
                case BROKEN -> {
                    return Event.BAD;
                }
                default -> {
                    if (!line.read(bytes)) {
                        return Event.NONE;
                    }
                    var event = takeLine();
                    if (event != Event.NONE) {
                        return event;
                    }
                }
            }
        }
    }

    /// @return NONE where there is more to read
    private Event takeLine() throws BadResponse {
        int size = line.length();
        switch (state) {
            case STATUS_LINE -> {
                if (size > 0) {
                    head.statusLine(line.bytes(), size);
                    state = State.FIELDS;
                }
            }
            case FIELDS -> {
                if (size == 0) {
                    return endHead();
                }
                head.add(Http1Syntax.field(line.bytes(), size));
            }
            case CHUNK_SIZE -> {
                left = Http1Syntax.chunkSize(line.bytes(), size);
                if (left == 0) {
                    expectLine(State.TRAILERS, HEAD_BYTES);
                } else {
                    state = State.CHUNK;
                }
            }
            case CHUNK_END -> {
                if (size > 0) {
                    throw BadResponse.ambiguous("longer than it says");
                }
                expectLine(State.CHUNK_SIZE, CHUNK_LINE_BYTES);
            }
            case TRAILERS -> {
                if (size == 0) {
                    state = State.ENDED;
                    return Event.COMPLETE;
                }
                addTrailer(Http1Syntax.field(line.bytes(), size));
            }
            default -> throw new IllegalStateException(state.toString());
        }
        return Event.NONE;
    }

    private Event endHead() throws BadResponse {
        head.end();
        headComplete = true;
        left = head.length();
        if (toHead || head.hasNoContent() || left == 0) {
            state = State.ENDED;
        } else if (head.isChunked()) {
            expectLine(State.CHUNK_SIZE, CHUNK_LINE_BYTES);
        } else {
            state = left > 0 ? State.LENGTH : State.TO_THE_END;
        }
        return Event.HEAD;
    }

    private void addTrailer(HttpField field) throws BadResponse {
        var known = trailers;
        if (known == null) {
            known = HttpFields.build();
            trailers = known;
        }
        if (known.size() >= MAX_FIELDS) {
            throw BadResponse.ambiguous("more than " + MAX_FIELDS);
        }
        known.add(field);
    }

    private Event take(ByteBuffer bytes) {
        int size = bytes.remaining();
        if (state != State.TO_THE_END) {
            size = (int) Math.min(size, left);
            left -= size;
        }
        content = bytes.slice(bytes.position(), size);
        bytes.position(bytes.position() + size);
        if (left == 0) {
            if (state == State.CHUNK) {
                expectLine(State.CHUNK_END, 2);
            } else {
                state = State.ENDED;
            }
        }
        return Event.CONTENT;
    }

    /// The upstream sends no more.
    ///
    /// @return whether that is the end of the response; if not, it is cut off
    boolean end() {
        if (state == State.TO_THE_END) {
            state = State.ENDED;
        }
        return state == State.ENDED;
    }

    int status() {
        return head.status();
    }

    /// The fields so far; each response has its own object.
    HttpFields.Mutable fields() {
        return head.fields();
    }

    @Nullable
    HttpFields trailers() {
        return trailers;
    }

    /// A slice of the bytes given to [#next].
    ByteBuffer content() {
        return content;
    }

    boolean headComplete() {
        return headComplete;
    }

    /// The version of the response.
    Protocol protocol() {
        return head.isCurrent() ? Protocol.HTTP_1_1 : Protocol.HTTP_1_0;
    }

    /// Whether the connection may serve another request (RFC 9112 §9.3).
    boolean persistent() {
        return head.isPersistent();
    }

    /// How long the upstream keeps the connection; -1 when it does not say.
    long keepSeconds() {
        return head.keepSeconds();
    }

    /// Whether the upstream asks for credentials of the whole connection.
    boolean authenticatesConnection() {
        return head.authenticatesConnection();
    }

    /// What [Event#BAD] is called.
    Failure failure() {
        return badFraming ? Failure.RESPONSE_FRAMING : Failure.RESPONSE_HEAD_INVALID;
    }

    /// What is wrong, for the log.
    String problem() {
        return problem;
    }
}
