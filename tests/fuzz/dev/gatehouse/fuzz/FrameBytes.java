package dev.gatehouse.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.gatehouse.support.Frame;
import dev.gatehouse.support.Hpack;
import java.io.ByteArrayOutputStream;

/// Makes HTTP/2 frames of any bytes, so that an input seldom fails at the first length.
///
/// ```
/// byte 0    type (lower 4 bits); 0x40: the payload is lines `name: value`, for HPACK; 0x80: the length is wrong
/// byte 1    flags
/// byte 2    stream
/// byte 3–4  length of the payload that follows, at most what is left
/// ```
final class FrameBytes {
    private static final int AS_FIELDS = 0x40;
    private static final int WRONG_LENGTH = 0x80;

    private FrameBytes() {}

    /// All frames of the input from that byte on.
    static byte[] of(byte[] input, int from) {
        var out = new ByteArrayOutputStream();
        int at = from;
        while (at + 5 <= input.length) {
            int type = input[at] & 0xff;
            int flags = input[at + 1] & 0xff;
            int stream = input[at + 2] & 0xff;
            int size = Math.min((input[at + 3] & 0x3f) << 8 | (input[at + 4] & 0xff), input.length - at - 5);
            var payload = java.util.Arrays.copyOfRange(input, at + 5, at + 5 + size);
            at += 5 + size;
            if ((type & AS_FIELDS) != 0) {
                payload = fields(payload);
            }
            var frame = new Frame(type & 0x0f, flags, stream, payload);
            out.writeBytes((type & WRONG_LENGTH) == 0 ? frame.bytes() : frame.bytes(payload.length + 1));
        }
        return out.toByteArray();
    }

    /// What [#of] takes for such a frame.
    static byte[] frame(int type, int flags, int stream, String payload) {
        var out = new ByteArrayOutputStream();
        out.write(type);
        out.write(flags);
        out.write(stream);
        out.write(payload.length() >> 8);
        out.write(payload.length());
        out.writeBytes(payload.getBytes(ISO_8859_1));
        return out.toByteArray();
    }

    private static byte[] fields(byte[] lines) {
        var hpack = new Hpack();
        for (var line : new String(lines, ISO_8859_1).split("\n")) {
            int colon = line.indexOf(": ", 1);
            hpack.field(colon < 0 ? line : line.substring(0, colon), colon < 0 ? "" : line.substring(colon + 2));
        }
        return hpack.bytes();
    }
}
