package dev.gatehouse.listen.tcp;

import dev.gatehouse.http.Failure;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a head says about where its body ends and which host it is for: nothing that two servers could understand
/// differently (RFC 9112 §3.2, §6). Told byte by byte by [HeadScan]. Confined to its loop.
final class Framing {
    private static final String CONTENT_LENGTH = "content-length";
    private static final String TRANSFER_ENCODING = "transfer-encoding";
    private static final String HOST = "host";
    /// Transfer codings that exist (RFC 9112 §7); only `chunked` is understood.
    private static final Set<String> KNOWN =
            Set.of("chunked", "compress", "x-compress", "deflate", "gzip", "x-gzip", "identity", "");

    /// Digits of a length; the largest that fits into a `long` has 19.
    private static final int MAX_DIGITS = 18;

    /// The longest value of a name that matters: a host of 255 bytes and a port fit in, real codings and lengths by
    /// far.
    private static final int MAX_VALUE = 272;

    /// The names that matter, by their number of letters.
    private @Nullable String candidate;

    private final StringBuilder value = new StringBuilder(32);
    private final StringBuilder name = new StringBuilder(TRANSFER_ENCODING.length());
    private int nameBytes;
    /// The value of Host as it was sent, without blanks around it.
    private final StringBuilder host = new StringBuilder(32);

    private boolean tooLong;
    private boolean http11;
    private boolean hasHost;
    private boolean hasLength;
    private boolean hasCoding;

    void reset() {
        http11 = false;
        hasHost = false;
        hasLength = false;
        hasCoding = false;
    }

    /// @param current whether it is HTTP/1.1
    void version(boolean current) {
        http11 = current;
    }

    void fieldStart() {
        candidate = null;
        nameBytes = 0;
        name.setLength(0);
        value.setLength(0);
        tooLong = false;
    }

    void nameByte(int c) {
        if (nameBytes++ < TRANSFER_ENCODING.length()) {
            name.append((char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
        }
    }

    void valueByte(int c) {
        if (value.isEmpty()) {
            if (c == ' ' || c == '\t') {
                return;
            }
            candidate = candidate();
        }
        if (candidate == null) {
            value.setLength(1);
        } else if (value.length() < MAX_VALUE) {
            value.append((char) c);
        } else {
            // A value that was not read whole has said nothing. Blanks behind it are no part of it.
            tooLong |= c != ' ' && c != '\t';
        }
    }

    private @Nullable String candidate() {
        return switch (nameBytes) {
            case 4 -> HOST.contentEquals(name) ? HOST : null;
            case 14 -> CONTENT_LENGTH.contentEquals(name) ? CONTENT_LENGTH : null;
            case 17 -> TRANSFER_ENCODING.contentEquals(name) ? TRANSFER_ENCODING : null;
            default -> null;
        };
    }

    /// A field line is complete.
    @Nullable
    Failure fieldEnd() {
        var which = value.isEmpty() ? candidate() : candidate;
        if (which == null) {
            return null;
        }
        if (tooLong) {
            return switch (which) {
                case HOST -> Failure.INVALID_HOST;
                case CONTENT_LENGTH -> Failure.CONTENT_LENGTH_SYNTAX;
                default -> Failure.TRANSFER_ENCODING_UNKNOWN;
            };
        }
        return switch (which) {
            case HOST -> host();
            case CONTENT_LENGTH -> contentLength();
            default -> transferEncoding();
        };
    }

    private @Nullable Failure host() {
        if (hasHost) {
            return Failure.INVALID_HOST;
        }
        hasHost = true;
        host.setLength(0);
        host.append(trimmed());
        return null;
    }

    /// The value of Host as it was sent, without blanks around it; of use once its line is complete.
    CharSequence hostValue() {
        return host;
    }

    /// More than one length is refused even where all are equal (RFC 9110 §8.6 allows it).
    private @Nullable Failure contentLength() {
        if (hasLength) {
            return Failure.CONTENT_LENGTH_REPEATED;
        }
        hasLength = true;
        var digits = trimmed();
        if (digits.indexOf(',') >= 0) {
            return Failure.CONTENT_LENGTH_REPEATED;
        }
        boolean number = !digits.isEmpty()
                && digits.length() <= MAX_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? null : Failure.CONTENT_LENGTH_SYNTAX;
    }

    private @Nullable Failure transferEncoding() {
        if (hasCoding) {
            return Failure.TRANSFER_ENCODING_INVALID;
        }
        hasCoding = true;
        var codings = trimmed().toLowerCase(Locale.ROOT);
        if (codings.equals("chunked")) {
            return null;
        }
        for (var coding : codings.split(",", -1)) {
            if (!KNOWN.contains(coding.strip())) {
                return Failure.TRANSFER_ENCODING_UNKNOWN;
            }
        }
        return Failure.TRANSFER_ENCODING_INVALID;
    }

    private String trimmed() {
        return value.toString().strip();
    }

    /// The head is complete.
    @Nullable
    Failure end() {
        if (hasCoding && hasLength) {
            return Failure.CONTENT_LENGTH_AND_TRANSFER_ENCODING;
        }
        if (hasCoding && !http11) {
            return Failure.TRANSFER_ENCODING_IN_HTTP_1_0;
        }
        return hasHost || !http11 ? null : Failure.INVALID_HOST;
    }
}
