package dev.gatehouse.tls;

import dev.gatehouse.tls.ClientHello.Bad;
import dev.gatehouse.tls.ClientHello.NeedMore;
import dev.gatehouse.tls.ClientHello.NotTls;
import dev.gatehouse.tls.ClientHello.Parse;
import java.nio.ByteBuffer;

/// The record layer below [ClientHelloBody]: puts a ClientHello together that may span several records.
final class ClientHelloParser {
    /// Longest fragment of a record (RFC 8446 §5.1).
    private static final int MAX_FRAGMENT = 1 << 14;

    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int CONTENT_CHANGE_CIPHER_SPEC = 20;
    private static final int CONTENT_ALERT = 21;
    private static final int CONTENT_HANDSHAKE = 22;
    private static final int CONTENT_HEARTBEAT = 24;
    private static final int CLIENT_HELLO = 1;

    /// Longest request line that is waited for before we say that plain HTTP was spoken.
    private static final int MAX_REQUEST_LINE = 8 * 1024;

    private ClientHelloParser() {}

    static Parse parse(ByteBuffer bytes) {
        int start = bytes.position();
        int size = bytes.remaining();
        if (size == 0) {
            return new NeedMore(RECORD_HEADER);
        }
        int first = bytes.get(start) & 0xff;
        if (first != CONTENT_HANDSHAKE) {
            return notAHandshake(bytes, start, size, first);
        }
        if (size > 1 && bytes.get(start + 1) != 3) {
            return new NotTls(false);
        }
        return records(bytes, start, size);
    }

    /// First pass: how long is the message, is all of it here, and are the records in between well-formed?
    private static Parse records(ByteBuffer bytes, int start, int size) {
        int at = 0;
        int gathered = 0;
        int messageSize = -1;
        while (true) {
            int missing = messageSize < 0 ? MESSAGE_HEADER - gathered : messageSize - gathered;
            if (size - at < RECORD_HEADER) {
                // At best one more record brings all that is missing.
                return needMore(at + RECORD_HEADER + missing);
            }
            int type = bytes.get(start + at) & 0xff;
            int length = unsigned16(bytes, start + at + 3);
            if (type != CONTENT_HANDSHAKE) {
                return new Bad(
                        Alerts.UNEXPECTED_MESSAGE, Bad.MALFORMED, "record of another type inside the ClientHello");
            }
            if (bytes.get(start + at + 1) != 3) {
                return new Bad(Alerts.PROTOCOL_VERSION, "tls.version", "record of an unknown version");
            }
            if (length == 0) {
                // RFC 8446 §5.1: no handshake record is empty.
                return new Bad(Alerts.UNEXPECTED_MESSAGE, Bad.MALFORMED, "empty handshake record");
            }
            if (length > MAX_FRAGMENT) {
                return new Bad(Alerts.DECODE_ERROR, Bad.MALFORMED, "record too long");
            }
            at += RECORD_HEADER;
            int here = Math.min(length, size - at);
            if (messageSize < 0 && gathered + here >= MESSAGE_HEADER) {
                int header = headerOf(bytes, start);
                if (header >>> 24 != CLIENT_HELLO) {
                    return new Bad(Alerts.UNEXPECTED_MESSAGE, Bad.MALFORMED, "first message is not a ClientHello");
                }
                messageSize = MESSAGE_HEADER + (header & 0xffffff);
                if (messageSize + RECORD_HEADER > ClientHello.MAX_BYTES) {
                    return new Bad(Alerts.DECODE_ERROR, Bad.MALFORMED, "ClientHello too long");
                }
            }
            if (messageSize >= 0 && gathered + length > messageSize) {
                return new Bad(
                        Alerts.UNEXPECTED_MESSAGE, Bad.MALFORMED, "something follows the ClientHello in its record");
            }
            if (here < length) {
                int afterwards = messageSize < 0 ? MESSAGE_HEADER - gathered : messageSize - gathered;
                return needMore(at + (afterwards > length ? afterwards + RECORD_HEADER : length));
            }
            at += length;
            gathered += length;
            if (gathered == messageSize) {
                return at > ClientHello.MAX_BYTES
                        ? tooLong()
                        : new ClientHelloBody(message(bytes, start, gathered)).parse();
            }
        }
    }

    private static Parse needMore(int atLeast) {
        return atLeast > ClientHello.MAX_BYTES ? tooLong() : new NeedMore(atLeast);
    }

    private static Parse tooLong() {
        return new Bad(Alerts.DECODE_ERROR, Bad.MALFORMED, "ClientHello too long");
    }

    /// The four bytes before the body, which may already be cut into several records.
    private static int headerOf(ByteBuffer bytes, int start) {
        int header = 0;
        int at = start;
        int left = 0;
        for (int i = 0; i < MESSAGE_HEADER; i++) {
            while (left == 0) {
                left = unsigned16(bytes, at + 3);
                at += RECORD_HEADER;
            }
            header = (header << 8) | (bytes.get(at++) & 0xff);
            left--;
        }
        return header;
    }

    /// The body of the message: the caller's bytes where one record holds it, a copy otherwise.
    private static ByteBuffer message(ByteBuffer bytes, int start, int size) {
        int length = unsigned16(bytes, start + 3);
        if (length == size) {
            return bytes.slice(start + RECORD_HEADER + MESSAGE_HEADER, size - MESSAGE_HEADER);
        }
        byte[] whole = new byte[size];
        int from = start;
        for (int to = 0; to < size; to += length) {
            length = unsigned16(bytes, from + 3);
            bytes.get(from + RECORD_HEADER, whole, to, length);
            from += RECORD_HEADER + length;
        }
        return ByteBuffer.wrap(whole, MESSAGE_HEADER, size - MESSAGE_HEADER).slice();
    }

    private static Parse notAHandshake(ByteBuffer bytes, int start, int size, int first) {
        if (first >= CONTENT_CHANGE_CIPHER_SPEC && first <= CONTENT_HEARTBEAT) {
            if (size == 1) {
                return new NeedMore(RECORD_HEADER);
            }
            if (bytes.get(start + 1) != 3) {
                return new NotTls(false);
            }
            return new Bad(
                    Alerts.UNEXPECTED_MESSAGE,
                    Bad.MALFORMED,
                    first == CONTENT_ALERT
                            ? "alert before a ClientHello"
                            : "record of another type before a ClientHello");
        }
        if ((first & 0x80) != 0) {
            // SSLv2: two bytes of length, the highest bit set, then the type of the message (RFC 5246 appendix E.2).
            if (size < 3) {
                return new NeedMore(3);
            }
            return bytes.get(start + 2) == CLIENT_HELLO
                    ? new Bad(Alerts.PROTOCOL_VERSION, "tls.version", "SSLv2 hello")
                    : new NotTls(false);
        }
        return requestLine(bytes, start, size);
    }

    /// Method in capitals, space, target, ` HTTP/1.` and a digit, end of line.
    private static Parse requestLine(ByteBuffer bytes, int start, int size) {
        int at = 0;
        while (at < size && at <= 20 && isCapital(bytes.get(start + at))) {
            at++;
        }
        if (at == size && at <= 20) {
            return new NeedMore(size + 1);
        }
        if (at == 0 || at > 20 || bytes.get(start + at) != ' ') {
            return new NotTls(false);
        }
        for (int end = at; end < size; end++) {
            byte b = bytes.get(start + end);
            if (b == '\n') {
                return new NotTls(endsWithVersion(bytes, start, end));
            }
            if (b != '\r' && b < ' ') {
                return new NotTls(false);
            }
        }
        return size >= MAX_REQUEST_LINE ? new NotTls(false) : new NeedMore(size + 1);
    }

    private static boolean endsWithVersion(ByteBuffer bytes, int start, int lineEnd) {
        int end = lineEnd > 0 && bytes.get(start + lineEnd - 1) == '\r' ? lineEnd - 1 : lineEnd;
        String version = " HTTP/1.";
        int from = end - version.length() - 1;
        if (from < 1) {
            return false;
        }
        for (int i = 0; i < version.length(); i++) {
            if (bytes.get(start + from + i) != version.charAt(i)) {
                return false;
            }
        }
        byte minor = bytes.get(start + end - 1);
        return minor >= '0' && minor <= '9';
    }

    private static boolean isCapital(byte b) {
        return (b >= 'A' && b <= 'Z') || b == '-' || b == '_';
    }

    private static int unsigned16(ByteBuffer bytes, int index) {
        return ((bytes.get(index) & 0xff) << 8) | (bytes.get(index + 1) & 0xff);
    }
}
