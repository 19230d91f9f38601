package dev.gatehouse.config;

import java.time.Duration;

/// Lengths of time as the file writes them: digits and a unit.
final class Durations {
    private static final String EXAMPLE = "digits with a unit (ms, s, m, h): \"500ms\", \"20s\", \"5m\", \"1h\"";

    private Durations() {}

    /// `0`, `off` and nothing in any unit are zero: no limit.
    static Duration parse(String text) throws BadValue {
        if (text.equals("off") || text.equals("0")) {
            return Duration.ZERO;
        }
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        if (digits == 0 || digits > 15) {
            throw new BadValue(Words.quote(text) + " is not a length of time", EXAMPLE);
        }
        long number = Long.parseLong(text, 0, digits, 10);
        return switch (text.substring(digits)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "" ->
                throw new BadValue(
                        Code.NO_UNIT,
                        Words.quote(text) + " has no unit",
                        "write \"" + number + "s\" for seconds; the units are ms, s, m, h");
            default -> throw new BadValue(Words.quote(text) + " is not a length of time", EXAMPLE);
        };
    }

    /// In the largest unit that needs no fraction: `5m`.
    static String text(Duration time) {
        long millis = time.toMillis();
        if (millis == 0) {
            return "off";
        }
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
