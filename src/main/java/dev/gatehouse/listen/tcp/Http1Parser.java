package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.http.Failure;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/// Jetty's parser behind [HeadScan]: it sees only heads that can be read in one way, and what it finds wrong gets one
/// of our names. Confined to its loop.
final class Http1Parser extends HttpParser {
    /// Bytes of chunk extensions in one request, which nobody uses (RFC 9112 §7.1.1).
    private static final int MAX_CHUNK_EXTENSIONS = 4 * 1024;

    private final HeadScan scan;
    /// Bytes at the beginning of the buffer that were looked at and not parsed.
    private int ahead;
    private @Nullable Failure bodyFailure;

    Http1Parser(RequestHandler handler, LimitsConfig limits, boolean plain, HttpCompliance compliance) {
        super(handler, limits.requestLineBytes() + limits.requestHeaderBytes() + MAX_CHUNK_EXTENSIONS, compliance);
        this.scan = new HeadScan(limits, plain);
    }

    /// What is wrong with the framing of the body; null as long as nothing is.
    @Nullable
    Failure bodyFailure() {
        return bodyFailure;
    }

    /// Jetty reads Host leniently, which makes another value of some; those are refused. An empty port says nothing and
    /// is left out (RFC 9110 §4.2.3).
    void checkHost(String read) {
        var sent = scan.hostValue();
        int length = read.length();
        boolean emptyPort = sent.length() == length + 1 && sent.charAt(length) == ':';
        if (!read.contentEquals(emptyPort ? sent.subSequence(0, length) : sent)) {
            throw new Refusal(Failure.INVALID_HOST, "host");
        }
    }

    /// Whether a head has begun and is not complete.
    boolean inHead() {
        return scan.begun() && !scan.done();
    }

    @Override
    public boolean parseNext(ByteBuffer buffer) {
        if (inHeaderState() && !scan.done()) {
            int end = scan.scan(buffer, buffer.position() + ahead);
            var wrong = scan.failure();
            if (wrong != null) {
                BufferUtil.clear(buffer);
                badMessage(new Refusal(wrong, "head"));
                return false;
            }
            ahead = end - buffer.position();
        }
        if (isState(State.TRAILER) && isAtEOF() && !buffer.hasRemaining()) {
            // Jetty takes the end of the stream for the end of the trailers; we do not.
            badMessage(new HttpException.RuntimeException(400, "cut off"));
            return false;
        }
        int before = buffer.position();
        boolean event = super.parseNext(buffer);
        ahead = Math.max(0, ahead - (buffer.position() - before));
        if (isChunking()
                && inContentState()
                && !isState(State.TRAILER)
                && getHeaderLength() - scan.bytes() > MAX_CHUNK_EXTENSIONS) {
            bodyFailure = Failure.CHUNK_EXTENSION_TOO_LARGE;
            BufferUtil.clear(buffer);
            badMessage(new Refusal(Failure.CHUNK_EXTENSION_TOO_LARGE, "chunk extensions"));
            return false;
        }
        return event;
    }

    @Override
    protected void badMessage(HttpException problem) {
        if (inHeaderState()) {
            super.badMessage(problem instanceof Refusal ? problem : new Refusal(inHead(problem), reason(problem)));
            return;
        }
        if (bodyFailure == null) {
            bodyFailure = isAtEOF() && !(problem instanceof Refusal)
                    ? Failure.CLIENT_ABORTED
                    : problem.getCode() == 431 ? Failure.FIELDS_TOO_LARGE : Failure.CHUNK_SYNTAX;
        }
        super.badMessage(problem);
    }

    /// What Jetty finds in a head that [HeadScan] let pass; it tells its findings apart by statuses and sentences only.
    private static Failure inHead(HttpException problem) {
        return switch (problem.getCode()) {
            case 417 -> Failure.EXPECTATION_FAILED;
            case 426 -> Failure.WRONG_PROTOCOL;
            case 505 -> Failure.VERSION_NOT_SUPPORTED;
            default -> {
                var reason = reason(problem);
                yield reason.contains("Host") || reason.contains("Authority")
                        ? Failure.INVALID_HOST
                        : reason.contains("URI") ? Failure.INVALID_TARGET : Failure.MALFORMED;
            }
        };
    }

    private static String reason(HttpException problem) {
        var reason = problem.getReason();
        return reason == null ? "malformed" : reason;
    }

    @Override
    public void reset() {
        super.reset();
        scan.reset();
        ahead = 0;
        bodyFailure = null;
    }
}
