package dev.gatehouse.upstream;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The field `Keep-Alive`, with which upstreams say how long they keep a silent connection (RFC 2068 §19.7.1.1).
final class KeepAlive {
    private static final String TIMEOUT = "timeout=";
    private static final int MAX_DIGITS = 9;

    private KeepAlive() {}

    /// The `timeout` parameter in seconds; -1 where there is none that is a number.
    static long seconds(@Nullable String value) {
        int from = value == null ? -1 : value.toLowerCase(Locale.ROOT).indexOf(TIMEOUT);
        if (value == null || from < 0) {
            return -1;
        }
        long seconds = 0;
        int digits = 0;
        for (int i = from + TIMEOUT.length(); i < value.length() && digits < MAX_DIGITS; i++, digits++) {
            char digit = value.charAt(i);
            if (digit < '0' || digit > '9') {
                break;
            }
            seconds = seconds * 10 + (digit - '0');
        }
        return digits == 0 ? -1 : seconds;
    }
}
