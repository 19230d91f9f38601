package dev.gatehouse.upstream;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Collects the lines of a response from the pieces in which they come. A line ends with CR LF and nothing else: a
/// bare LF has been read in two ways before (RFC 9112 §2.2). Confined to its loop.
final class Http1Line {
    private static final int INITIAL = 256;

    private byte[] bytes = new byte[INITIAL];
    private int length;
    private boolean whole = true;
    private int budget;

    /// Begins a line that may, with those that follow it, be that long.
    void allow(int budgetBytes) {
        budget = budgetBytes;
        whole = true;
    }

    /// Takes bytes up to the end of a line.
    ///
    /// @return whether there is a whole line; the next call begins another
    boolean read(ByteBuffer from) throws BadResponse {
        if (whole) {
            length = 0;
            whole = false;
        }
        int start = from.position();
        int limit = from.limit();
        int end = start;
        while (end < limit && from.get(end) != '\n') {
            end++;
        }
        int count = end - start;
        budget -= end < limit ? count + 1 : count;
        if (budget < 0) {
            throw BadResponse.malformed("longer than allowed");
        }
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
        }
        from.get(bytes, length, count);
        length += count;
        if (end == limit) {
            return false;
        }
        from.position(end + 1);
        if (length == 0 || bytes[length - 1] != '\r') {
            throw BadResponse.malformed("a bare LF behind " + Http1Syntax.name(bytes, length));
        }
        length--;
        whole = true;
        return true;
    }

    /// The line is in the first [#length] bytes, until the next call of [#read].
    byte[] bytes() {
        return bytes;
    }

    /// Without its CR LF.
    int length() {
        return length;
    }
}
