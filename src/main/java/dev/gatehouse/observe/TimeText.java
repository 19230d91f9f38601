package dev.gatehouse.observe;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Writes times in UTC; works out each second only once. One thread.
final class TimeText {
    private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter NCSA =
            DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss +0000", Locale.ENGLISH);

    private final DateTimeFormatter formatter;
    private final boolean fraction;
    private long second = Long.MIN_VALUE;
    private byte[] text = {};

    private TimeText(DateTimeFormatter formatter, boolean fraction) {
        this.formatter = formatter;
        this.fraction = fraction;
    }

    /// `2026-11-23T12:00:00.123456Z`
    static TimeText iso() {
        return new TimeText(ISO, true);
    }

    /// `23/Nov/2026:12:00:00 +0000`
    static TimeText ncsa() {
        return new TimeText(NCSA, false);
    }

    void append(LineBuffer out, long epochMicros) {
        var now = Math.floorDiv(epochMicros, 1_000_000L);
        if (now != second) {
            second = now;
            text = LocalDateTime.ofEpochSecond(now, 0, ZoneOffset.UTC)
                    .format(formatter)
                    .getBytes(StandardCharsets.US_ASCII);
        }
        out.raw(text);
        if (fraction) {
            out.raw('.').padded(Math.floorMod(epochMicros, 1_000_000L), 6).raw('Z');
        }
    }
}
