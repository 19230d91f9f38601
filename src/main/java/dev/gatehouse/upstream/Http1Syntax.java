package dev.gatehouse.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;

/// The lines of a response of HTTP/1, each read in the one way that it can be read. What upstreams in the wild get
/// wrong is borne where no reader could take it for anything else.
final class Http1Syntax {
    private static final int STATUS_DIGITS = 3;
    private static final int MAX_LENGTH_DIGITS = 18;
    private static final int MAX_CHUNK_DIGITS = 15;
    private static final int MAX_SHOWN = 64;
    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (char c = '!'; c < 0x7f; c++) {
            TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
    }

    private Http1Syntax() {}

    /// The status of a status line (RFC 9112 §4). Its reason may be anything, and is for nobody.
    static int status(byte[] line, int length) throws BadResponse {
        if (!isVersion(line, length)) {
            throw BadResponse.malformed("no status line of HTTP/1: " + shown(line, 0, length));
        }
        int from = 9;
        while (from < length && line[from] == ' ') {
            from++;
        }
        int status = 0;
        int end = from;
        while (end < length && line[end] >= '0' && line[end] <= '9' && end - from <= STATUS_DIGITS) {
            status = status * 10 + (line[end++] - '0');
        }
        // Behind a point, old IIS tells more than it should.
        boolean ended = end == length || line[end] == ' ' || line[end] == '.';
        if (!ended || end - from != STATUS_DIGITS || !ResponseHeadCheck.isStatus(status)) {
            throw BadResponse.malformed("no status: " + shown(line, 0, length));
        }
        if (firstControl(line, end, length) >= 0) {
            throw BadResponse.malformed("a control character in the status line");
        }
        return status;
    }

    /// Whether a status line is one of HTTP/1.1, not 1.0.
    static boolean isCurrent(byte[] line) {
        return line[7] == '1';
    }

    private static boolean isVersion(byte[] line, int length) {
        return length > 8
                && line[0] == 'H'
                && line[1] == 'T'
                && line[2] == 'T'
                && line[3] == 'P'
                && line[4] == '/'
                && line[5] == '1'
                && line[6] == '.'
                && (line[7] == '0' || line[7] == '1')
                && line[8] == ' ';
    }

    /// A field line (RFC 9112 §5). Blanks before the colon are removed (§5.1); folded lines are refused (§5.2).
    static HttpField field(byte[] line, int length) throws BadResponse {
        int end = 0;
        while (end < length && TOKEN[line[end] & 0xff]) {
            end++;
        }
        int colon = skipBlanks(line, end, length);
        if (end == 0 || colon == length || line[colon] != ':') {
            throw BadResponse.malformed(
                    end == 0
                            ? "a field line without a name: " + name(line, length)
                            : "a field line without a colon behind its name: " + name(line, length));
        }
        int from = skipBlanks(line, colon + 1, length);
        int to = length;
        while (to > from && isBlank(line[to - 1])) {
            to--;
        }
        int control = firstControl(line, from, to);
        if (control >= 0) {
            throw BadResponse.malformed("field " + new String(line, 0, end, ISO_8859_1) + ": character "
                    + (line[control] & 0xff) + " in its value");
        }
        var value = new String(line, from, to - from, ISO_8859_1);
        var known = HttpHeader.CACHE.getBest(line, 0, end);
        return known != null && known.asString().length() == end
                ? new HttpField(known, value)
                : new HttpField(null, new String(line, 0, end, ISO_8859_1), value);
    }

    /// A Content-Length: one number, or a list of equal ones (RFC 9112 §6.3 item 5); [ResponseHeadCheck#INVALID] for
    /// all
    /// else.
    static long contentLength(String value) {
        long length = ResponseHeadCheck.INVALID;
        for (int from = 0; from <= value.length(); ) {
            int comma = value.indexOf(',', from);
            int to = comma < 0 ? value.length() : comma;
            long one = number(value, from, to);
            if (one < 0 || (from > 0 && one != length)) {
                return ResponseHeadCheck.INVALID;
            }
            length = one;
            from = to + 1;
        }
        return length;
    }

    private static long number(String text, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && isBlank((byte) text.charAt(from))) {
            from++;
        }
        while (to > from && isBlank((byte) text.charAt(to - 1))) {
            to--;
        }
        if (from == to || to - from > MAX_LENGTH_DIGITS) {
            return ResponseHeadCheck.INVALID;
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return ResponseHeadCheck.INVALID;
            }
            number = number * 10 + (digit - '0');
        }
        return number;
    }

    /// The size of a chunk (RFC 9112 §7.1). Blanks may follow it, as in heads that were written before the size was
    /// known; extensions mean nothing to us.
    static long chunkSize(byte[] line, int length) throws BadResponse {
        long size = 0;
        int end = 0;
        int digits = 0;
        for (int digit; end < length && (digit = Character.digit(line[end], 16)) >= 0; end++) {
            size = size * 16 + digit;
            digits += size == 0 ? 0 : 1;
            if (digits > MAX_CHUNK_DIGITS) {
                throw BadResponse.ambiguous("a chunk too large: " + shown(line, 0, length));
            }
        }
        int behind = skipBlanks(line, end, length);
        if (end == 0 || (behind < length && line[behind] != ';') || firstControl(line, behind, length) >= 0) {
            throw BadResponse.ambiguous("no chunk size: " + shown(line, 0, length));
        }
        return size;
    }

    private static int skipBlanks(byte[] line, int from, int length) {
        int i = from;
        while (i < length && isBlank(line[i])) {
            i++;
        }
        return i;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /// Where the first character is that ends lines, or could; -1 where there is none. Bytes from 0x80 on are text
    /// (obs-text, RFC 9110 §5.5).
    private static int firstControl(byte[] line, int from, int length) {
        for (int i = from; i < length; i++) {
            byte b = line[i];
            if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7f) {
                return i;
            }
        }
        return -1;
    }

    /// What a line is called in logs: all up to a colon; a value may be secret.
    static String name(byte[] line, int length) {
        int colon = 0;
        while (colon < length && line[colon] != ':') {
            colon++;
        }
        return shown(line, 0, colon);
    }

    private static String shown(byte[] line, int from, int length) {
        int size = Math.min(length - from, MAX_SHOWN);
        return "'" + new String(line, from, size, ISO_8859_1) + (size < length - from ? "…'" : "'");
    }
}
