package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.HttpChars;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Looks at the bytes of a request's head before Jetty's parser does, and lets only those pass that can be read in one
/// way (RFC 9112 §2 to §5): each line ends with CRLF, nothing is folded, and every limit is kept. What the fields mean
/// is [Framing]'s business. One byte after the other, so that a head may come in any pieces. Confined to its loop.
///
/// Jetty's parser would find most of this too; but it knows neither separate limits for the request line and the
/// fields nor names for what it finds.
final class HeadScan {
    private static final int MAX_NAME = 256;
    private static final int MAX_METHOD = 64;
    /// Empty lines before a request line that are not held against the client (RFC 9112 §2.2).
    private static final int MAX_EMPTY_LINES = 8;

    /// The longest beginning that tells an absolute-form: `https://`.
    private static final int FORM_BYTES = 8;

    /// First byte of a TLS connection (RFC 8446 §5.1).
    private static final int TLS_HANDSHAKE = 0x16;

    private static final String HTTP_2 = "HTTP/2.0";

    private enum State {
        START,
        METHOD,
        TARGET,
        VERSION,
        LONE_RETURN,
        LINE_LF,
        FIELD,
        NAME,
        VALUE_START,
        VALUE,
        FIELD_LF,
        LAST_LF,
        DONE
    }

    private final LimitsConfig limits;
    private final boolean prefaceKnown;
    private final Framing framing = new Framing();
    private final StringBuilder word = new StringBuilder(32);
    private State state = State.START;
    private int lineBytes;
    private int blockBytes;
    private int fields;
    private int nameBytes;
    private int emptyLines;
    private boolean emptyLine;
    private boolean preface;
    private boolean connect;
    private @Nullable Failure failure;

    /// @param prefaceKnown whether the preface of HTTP/2 may stand where a request line stands: by prior knowledge on a
    ///     plaintext connection (RFC 9113 §3.3), while over TLS ALPN has decided
    HeadScan(LimitsConfig limits, boolean prefaceKnown) {
        this.limits = limits;
        this.prefaceKnown = prefaceKnown;
    }

    /// See [Framing#hostValue()].
    CharSequence hostValue() {
        return framing.hostValue();
    }

    /// Begins with another head.
    void reset() {
        framing.reset();
        state = State.START;
        lineBytes = 0;
        blockBytes = 0;
        fields = 0;
        emptyLines = 0;
        emptyLine = false;
        preface = false;
        connect = false;
        failure = null;
    }

    /// Whether the head is complete.
    boolean done() {
        return state == State.DONE;
    }

    /// Whether anything of the head came.
    boolean begun() {
        return state != State.START;
    }

    /// Bytes of the head so far.
    int bytes() {
        return lineBytes + blockBytes;
    }

    /// What is wrong with the head; null as long as nothing is.
    @Nullable
    Failure failure() {
        return failure;
    }

    /// Looks at the bytes from an index on, up to the end of the head or the first that is wrong. Changes nothing in
    /// the buffer.
    ///
    /// @return the index behind the last byte that was looked at
    int scan(ByteBuffer buffer, int from) {
        int end = buffer.limit();
        int index = from;
        while (index < end && state != State.DONE) {
            var wrong = next(buffer.get(index) & 0xff);
            index++;
            if (wrong != null) {
                failure = wrong;
                return index;
            }
        }
        return index;
    }

    private @Nullable Failure next(int c) {
        return switch (state) {
            case START, METHOD, TARGET, VERSION, LONE_RETURN, LINE_LF -> requestLine(c);
            case FIELD, NAME, VALUE_START, VALUE, FIELD_LF, LAST_LF -> fieldLine(c);
            case DONE -> null;
        };
    }

    // ---- the request line (RFC 9112 §3)

    private @Nullable Failure requestLine(int c) {
        if (++lineBytes > limits.requestLineBytes() && state == State.TARGET) {
            return Failure.TARGET_TOO_LONG;
        }
        return switch (state) {
            case START -> start(c);
            case METHOD -> method(c);
            case TARGET -> target(c);
            case VERSION -> version(c);
            // A line of two words is HTTP/0.9.
            case LONE_RETURN -> c == '\n' ? Failure.VERSION_NOT_SUPPORTED : Failure.LINE_END;
            default -> {
                if (c != '\n') {
                    yield Failure.LINE_END;
                }
                state = preface ? State.DONE : State.FIELD;
                yield null;
            }
        };
    }

    private @Nullable Failure start(int c) {
        if (emptyLine) {
            emptyLine = false;
            return c == '\n' ? null : Failure.LINE_END;
        }
        if (c == '\r') {
            emptyLine = true;
            return ++emptyLines > MAX_EMPTY_LINES ? Failure.MALFORMED : null;
        }
        if (c == '\n') {
            return Failure.LINE_END;
        }
        if (c == TLS_HANDSHAKE) {
            return Failure.WRONG_PROTOCOL;
        }
        lineBytes = 1;
        word.setLength(0);
        state = State.METHOD;
        return method(c);
    }

    private @Nullable Failure method(int c) {
        if (c == ' ' && !word.isEmpty()) {
            preface = "PRI".contentEquals(word);
            if (preface && !prefaceKnown) {
                return Failure.WRONG_PROTOCOL;
            }
            connect = "CONNECT".contentEquals(word);
            word.setLength(0);
            state = State.TARGET;
            return null;
        }
        if (!HttpChars.isToken(c) || word.length() == MAX_METHOD) {
            return Failure.INVALID_METHOD;
        }
        word.append((char) c);
        return null;
    }

    /// What a target means is `route`'s business; here it has one of the forms of RFC 9112 §3.2 and only bytes that may
    /// be in a target at all. Of origin-form only the first byte is kept, of others as much as tells the form.
    private @Nullable Failure target(int c) {
        if (c == ' ') {
            boolean known = knownForm();
            word.setLength(0);
            state = State.VERSION;
            return known ? null : Failure.INVALID_TARGET;
        }
        if (c == '\n') {
            return Failure.LINE_END;
        }
        if (c == '\r') {
            boolean empty = word.isEmpty();
            state = State.LONE_RETURN;
            return empty ? Failure.INVALID_TARGET : null;
        }
        if (word.isEmpty() || (word.charAt(0) != '/' && word.length() < FORM_BYTES)) {
            word.append((char) c);
        }
        return c > ' ' && c < 0x7f ? null : Failure.INVALID_PATH;
    }

    private boolean knownForm() {
        var start = word.toString();
        return start.startsWith("/")
                || start.equals("*")
                || connect
                || start.regionMatches(true, 0, "http://", 0, 7)
                || start.regionMatches(true, 0, "https://", 0, 8);
    }

    private @Nullable Failure version(int c) {
        if (c == '\n') {
            return Failure.LINE_END;
        }
        if (c == '\r') {
            if (preface && HTTP_2.contentEquals(word)) {
                state = State.LINE_LF;
                return null;
            }
            preface = false;
            boolean current = "HTTP/1.1".contentEquals(word);
            if (!current && !"HTTP/1.0".contentEquals(word)) {
                return noVersion();
            }
            framing.version(current);
            state = State.LINE_LF;
            return null;
        }
        word.append((char) c);
        return word.length() > HTTP_2.length() ? noVersion() : null;
    }

    /// What does not begin as a version, or has a blank, belongs to a target that has one (RFC 9112 §3.2).
    private Failure noVersion() {
        boolean version = word.toString().regionMatches(true, 0, HTTP_2, 0, 5) && word.indexOf(" ") < 0;
        return version ? Failure.VERSION_NOT_SUPPORTED : Failure.INVALID_TARGET;
    }

    // ---- the field lines (RFC 9112 §5)

    private @Nullable Failure fieldLine(int c) {
        if (++blockBytes > limits.requestHeaderBytes()) {
            return Failure.FIELDS_TOO_LARGE;
        }
        return switch (state) {
            case FIELD -> field(c);
            case NAME -> name(c);
            case VALUE_START, VALUE -> value(c);
            case FIELD_LF -> {
                state = State.FIELD;
                yield c == '\n' ? framing.fieldEnd() : Failure.LINE_END;
            }
            default -> {
                state = State.DONE;
                yield c == '\n' ? framing.end() : Failure.LINE_END;
            }
        };
    }

    private @Nullable Failure field(int c) {
        if (c == '\r') {
            state = State.LAST_LF;
            return null;
        }
        if (c == '\n') {
            return Failure.LINE_END;
        }
        if (++fields > limits.requestHeaderCount()) {
            return Failure.FIELDS_TOO_LARGE;
        }
        nameBytes = 0;
        framing.fieldStart();
        state = State.NAME;
        return c == ':' ? Failure.FIELD_SYNTAX : name(c);
    }

    private @Nullable Failure name(int c) {
        if (c == ':') {
            state = State.VALUE_START;
            return null;
        }
        if (!HttpChars.isToken(c)) {
            return (c < ' ' && c != '\t' && c != '\r' && c != '\n') || c == 0x7f
                    ? Failure.CONTROL_CHARACTER
                    : Failure.FIELD_SYNTAX;
        }
        framing.nameByte(c);
        return ++nameBytes > MAX_NAME ? Failure.FIELDS_TOO_LARGE : null;
    }

    private @Nullable Failure value(int c) {
        if (c == '\r') {
            state = State.FIELD_LF;
            return null;
        }
        if (c == '\n') {
            return Failure.LINE_END;
        }
        if ((c < ' ' && c != '\t') || c == 0x7f) {
            return Failure.CONTROL_CHARACTER;
        }
        framing.valueByte(c);
        return null;
    }
}
