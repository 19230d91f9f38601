package dev.gatehouse.upstream;

import dev.gatehouse.http.Failure;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/// Reads the answers that come on one connection, an event at a time, and believes none whose end could be read in two
/// ways (RFC 9112 §6). Confined to its loop.
final class AnswerParser implements HttpParser.ResponseHandler {
    /// Bytes of a header section, status line included.
    static final int HEAD_BYTES = 64 * 1024;

    /// Fields of a header section, and of a trailer section.
    static final int MAX_FIELDS = 1000;

    /// Where parsing stopped.
    enum Event {
        /// All bytes are used up.
        NONE,
        /// The header section is complete.
        HEAD,
        /// There is [#content].
        CONTENT,
        /// The answer is complete.
        COMPLETE,
        /// It is no answer: see [#failure] and [#problem].
        BAD
    }

    private final HttpParser parser = new HttpParser(this, HEAD_BYTES, HttpCompliance.STRICT);
    private Event event = Event.NONE;
    private int status;
    private HttpFields.Mutable fields = HttpFields.build();
    private HttpFields.@Nullable Mutable trailers;
    private ByteBuffer content = BufferUtil.EMPTY_BUFFER;
    private boolean headComplete;
    private boolean current;
    private boolean chunked;
    private boolean persistent;
    private boolean closeSaid;
    private long keepSeconds;
    private boolean badFraming;
    private String problem = "";

    /// Begins another answer.
    ///
    /// @param toHead whether it is the answer to a HEAD, which has no content whatever its fields say
    void reset(boolean toHead) {
        event = Event.NONE;
        status = 0;
        fields = HttpFields.build();
        trailers = null;
        content = BufferUtil.EMPTY_BUFFER;
        headComplete = false;
        current = false;
        chunked = false;
        persistent = false;
        closeSaid = false;
        keepSeconds = -1;
        badFraming = false;
        problem = "";
        parser.reset();
        parser.setHeadResponse(toHead);
    }

    /// Reads on, up to the next event.
    Event next(ByteBuffer bytes) {
        event = Event.NONE;
        parser.parseNext(bytes);
        return event;
    }

    /// The upstream sends no more.
    ///
    /// @return [Event#COMPLETE] if that is the answer's end; all else means that the answer is cut off
    Event end() {
        event = Event.NONE;
        // Jetty's parser takes the end of the stream for the end of the trailers; we do not.
        if (!parser.isState(HttpParser.State.TRAILER)) {
            parser.atEOF();
            parser.parseNext(BufferUtil.EMPTY_BUFFER);
        }
        return event;
    }

    int status() {
        return status;
    }

    /// The fields so far; each answer has its own object.
    HttpFields.Mutable fields() {
        return fields;
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

    /// Whether the connection may serve another request (RFC 9112 §9.3).
    boolean persistent() {
        return persistent && !closeSaid;
    }

    /// How long the upstream keeps the connection; -1 when it does not say.
    long keepSeconds() {
        return keepSeconds;
    }

    /// What [Event#BAD] is called.
    Failure failure() {
        return badFraming ? Failure.RESPONSE_FRAMING : Failure.RESPONSE_HEAD_INVALID;
    }

    /// What is wrong, for the log.
    String problem() {
        return problem;
    }

    @Override
    public void startResponse(HttpVersion version, int code, @Nullable String reason) {
        if (version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0) {
            throw wrong("version " + version);
        }
        status = code;
        current = version == HttpVersion.HTTP_1_1;
        persistent = current;
    }

    @Override
    public void parsedHeader(HttpField field) {
        if (fields.size() >= MAX_FIELDS) {
            throw wrong("more than " + MAX_FIELDS + " fields");
        }
        var header = field.getHeader();
        if (header == HttpHeader.CONNECTION) {
            closeSaid |= field.contains("close");
            persistent |= field.contains("keep-alive");
        } else if (header == HttpHeader.TRANSFER_ENCODING) {
            transferEncoding(field);
        } else if (header == HttpHeader.CONTENT_LENGTH && bodyless()) {
            contentLengthOfNothing(field);
            return;
        } else if (header == HttpHeader.KEEP_ALIVE) {
            keepSeconds = KeepAlive.seconds(field.getValue());
        }
        fields.add(field);
    }

    /// Only `chunked`, once, and only where it may stand: everything else has been read in two ways before
    /// (RFC 9112 §6.1).
    private void transferEncoding(HttpField field) {
        if (chunked || !current || bodyless() || !"chunked".equalsIgnoreCase(field.getValue())) {
            badFraming = true;
            throw wrong("Transfer-Encoding that may not be: status=" + status + " value=" + field.getValue());
        }
        chunked = true;
    }

    /// A length of 0 is harmless and left out (RFC 9110 §8.6).
    private void contentLengthOfNothing(HttpField field) {
        if (!"0".equals(field.getValue())) {
            badFraming = true;
            throw wrong("Content-Length " + field.getValue() + " with status " + status);
        }
    }

    /// These have no content and no framing of one; 304 may tell the length that a 200 would have.
    private boolean bodyless() {
        return status == 204 || status < 200;
    }

    @Override
    public boolean headerComplete() {
        event = Event.HEAD;
        headComplete = true;
        return true;
    }

    @Override
    public boolean content(ByteBuffer bytes) {
        event = Event.CONTENT;
        content = bytes;
        return true;
    }

    @Override
    public boolean contentComplete() {
        return false;
    }

    @Override
    public void parsedTrailer(HttpField field) {
        var known = trailers;
        if (known == null) {
            known = HttpFields.build();
            trailers = known;
        }
        if (known.size() >= MAX_FIELDS) {
            throw wrong("more than " + MAX_FIELDS + " trailers");
        }
        known.add(field);
    }

    @Override
    public boolean messageComplete() {
        event = Event.COMPLETE;
        return true;
    }

    @Override
    public void badMessage(HttpException failure) {
        event = Event.BAD;
        var reason = failure.getReason();
        // Jetty tells which field it did not like only in its words; a length that overflows has none.
        badFraming |= (reason != null && (reason.contains("Content-Length") || reason.contains("Encoding")))
                || (failure instanceof Throwable thrown && thrown.getCause() instanceof ArithmeticException);
        problem = reason == null ? "malformed head" : reason;
    }

    /// Jetty also calls what is malformed behind the head an early end.
    @Override
    public void earlyEOF() {
        event = Event.BAD;
        badFraming = headComplete;
        problem = headComplete ? "malformed chunk or trailer" : "early end";
    }

    private static HttpException.RuntimeException wrong(String what) {
        return new HttpException.RuntimeException(502, what);
    }
}
