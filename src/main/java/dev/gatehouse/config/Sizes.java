package dev.gatehouse.config;

import java.util.Locale;

/// Numbers of bytes as the file writes them.
final class Sizes {
    static final long UNLIMITED = Long.MAX_VALUE;

    private static final String EXAMPLE = "digits with an optional k, m or g: \"256k\", \"10m\", \"1g\"";

    private Sizes() {}

    /// A bare number; 0 is no limit.
    static long of(long bytes) throws BadValue {
        if (bytes < 0) {
            throw new BadValue(Code.OUT_OF_RANGE, bytes + " is negative", null);
        }
        return bytes == 0 ? UNLIMITED : bytes;
    }

    /// Digits with an optional `k`, `m` or `g` (either case, powers of 1024), or `unlimited`; nothing (`0`, `0m`) is
    /// no limit.
    static long parse(String text) throws BadValue {
        var value = text.strip().toLowerCase(Locale.ROOT);
        if (value.equals("unlimited")) {
            return UNLIMITED;
        }
        int digits = 0;
        while (digits < value.length() && value.charAt(digits) >= '0' && value.charAt(digits) <= '9') {
            digits++;
        }
        int shift = switch (value.substring(digits)) {
            case "" -> 0;
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> -1;
        };
        if (digits == 0 || shift < 0) {
            throw new BadValue(Words.quote(text) + " is not a size", EXAMPLE);
        }
        try {
            long number = Long.parseLong(value, 0, digits, 10);
            return of(Math.multiplyExact(number, 1L << shift));
        } catch (NumberFormatException | ArithmeticException e) {
            throw new BadValue(Code.OUT_OF_RANGE, Words.quote(text) + " is too large", "\"unlimited\" is no limit");
        }
    }

    /// The shortest spelling: `64m`.
    static String text(long bytes) {
        if (bytes == UNLIMITED) {
            return "unlimited";
        }
        for (int shift = 30; shift > 0; shift -= 10) {
            if (bytes != 0 && bytes % (1L << shift) == 0) {
                return (bytes >> shift) + " " + "KMG".charAt(shift / 10 - 1) + "iB";
            }
        }
        return bytes + " bytes";
    }
}
