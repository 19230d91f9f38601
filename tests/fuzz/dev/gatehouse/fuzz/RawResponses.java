package dev.gatehouse.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads all bytes of a client's HTTP/1 connection as responses, as strictly as RFC 9112 is written.
final class RawResponses {
    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.1 ([1-5][0-9]{2}) [\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final Pattern FIELD =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\t\\x20-\\x7e\\x80-\\xff]*)");

    /// One response.
    ///
    /// @param complete whether its content came whole
    record Response(int status, List<String> fields, boolean complete) {
        boolean isInterim() {
            return status < 200;
        }

        /// The value of the only field of that name; null where there is none.
        @Nullable
        String value(String name) {
            String found = null;
            for (var field : fields) {
                if (field.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
                    if (found != null) {
                        throw new Finding("two fields " + name + ": " + fields);
                    }
                    found = field.substring(name.length() + 1).strip();
                }
            }
            return found;
        }
    }

    private final String bytes;
    private int at;

    private RawResponses(String bytes) {
        this.bytes = bytes;
    }

    /// All responses, interim ones too. A response to HEAD has no content: the origin of the fuzz targets says so with
    /// `X-Method`, and where the proxy itself responds a head may be followed by content or by the next head.
    ///
    /// @throws Finding bytes that are no response
    static List<Response> of(byte[] received) {
        var reader = new RawResponses(new String(received, ISO_8859_1));
        var responses = new ArrayList<Response>();
        while (reader.at < reader.bytes.length()) {
            responses.add(reader.next());
        }
        return responses;
    }

    private Response next() {
        int end = bytes.indexOf("\r\n\r\n", at);
        if (end < 0) {
            throw new Finding("a head without its end: " + quoted(bytes.substring(at)));
        }
        var lines = bytes.substring(at, end).split("\r\n", -1);
        at = end + 4;
        var statusLine = STATUS_LINE.matcher(lines[0]);
        if (!statusLine.matches()) {
            throw new Finding("a bad status line: " + quoted(lines[0]));
        }
        int status = Integer.parseInt(statusLine.group(1));
        var fields = new ArrayList<String>();
        for (int i = 1; i < lines.length; i++) {
            if (!FIELD.matcher(lines[i]).matches()) {
                throw new Finding("a bad field line: " + quoted(lines[i]));
            }
            fields.add(lines[i]);
        }
        var head = new Response(status, fields, true);
        return new Response(status, fields, content(head));
    }

    private boolean content(Response head) {
        var length = head.value("content-length");
        var coding = head.value("transfer-encoding");
        if (length != null && coding != null) {
            throw new Finding("Content-Length and Transfer-Encoding: " + head);
        }
        if (head.isInterim() || head.status() == 204 || head.status() == 304 || "HEAD".equals(head.value("x-method"))) {
            return true;
        }
        if (bytes.startsWith("HTTP/1.1 ", at)) {
            return true; // the response to a HEAD
        }
        if (coding != null) {
            if (!coding.equals("chunked")) {
                throw new Finding("a transfer coding that nobody asked for: " + coding);
            }
            return chunks();
        }
        if (length != null) {
            long size = Long.parseLong(length);
            boolean whole = size <= bytes.length() - at;
            at = whole ? at + (int) size : bytes.length();
            return whole;
        }
        at = bytes.length();
        return true;
    }

    private boolean chunks() {
        while (true) {
            int end = bytes.indexOf("\r\n", at);
            if (end < 0) {
                at = bytes.length();
                return false;
            }
            var line = bytes.substring(at, end);
            if (!line.matches("[0-9A-Fa-f]{1,8}")) {
                throw new Finding("a bad chunk size: " + quoted(line));
            }
            at = end + 2;
            int size = Integer.parseInt(line, 16);
            if (size == 0) {
                return trailers();
            }
            if (at + size + 2 > bytes.length()) {
                at = bytes.length();
                return false;
            }
            at += size;
            if (!bytes.startsWith("\r\n", at)) {
                throw new Finding("no CRLF behind a chunk");
            }
            at += 2;
        }
    }

    private boolean trailers() {
        while (true) {
            int end = bytes.indexOf("\r\n", at);
            if (end < 0) {
                at = bytes.length();
                return false;
            }
            var line = bytes.substring(at, end);
            at = end + 2;
            if (line.isEmpty()) {
                return true;
            }
            if (!FIELD.matcher(line).matches()) {
                throw new Finding("a bad trailer line: " + quoted(line));
            }
        }
    }

    static String quoted(String latin1) {
        var text = new StringBuilder("\"");
        for (int i = 0; i < Math.min(latin1.length(), 500); i++) {
            char c = latin1.charAt(i);
            text.append(c >= ' ' && c < 0x7f ? String.valueOf(c) : "\\x%02x".formatted((int) c));
        }
        return text.append('"').toString();
    }
}
