package dev.gatehouse.header;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/// The name of a request in logs, in answers to it, and in the logs of upstreams.
final class RequestId {
    private static final int LONGEST = 128;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private RequestId() {}

    /// 32 random hex digits: unique, no secret.
    static String create() {
        var random = ThreadLocalRandom.current();
        byte[] digits = new byte[32];
        write(random.nextLong(), digits, 0);
        write(random.nextLong(), digits, 16);
        return new String(digits, StandardCharsets.ISO_8859_1);
    }

    /// Whether somebody else's can be taken over: 1–128 letters, digits, `.`, `_` and `-`.
    static boolean isFit(String id) {
        if (id.isEmpty() || id.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            int lower = c | 0x20;
            boolean alphanumeric = (c < 0x80 && lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
            if (!alphanumeric && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static void write(long bits, byte[] out, int from) {
        for (int i = 0; i < 16; i++) {
            out[from + i] = HEX[(int) (bits >>> (60 - 4 * i)) & 15];
        }
    }
}
