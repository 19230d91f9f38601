package dev.gatehouse.upstream;

import dev.gatehouse.http.HttpChars;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/// Decides whether a head may be passed on, whatever protocol the client speaks. Asked before anything is made of a
/// head: what follows writes it as it is. For HTTP/1, whose lines are read byte by byte, [Http1Syntax] holds the same.
final class ResponseHeadCheck {
    /// Not one number.
    static final long INVALID = -2;

    private static final int MAX_DIGITS = 18;

    private ResponseHeadCheck() {}

    /// What is wrong with a head, interim ones included; null for nothing.
    static @Nullable String problem(int status, HttpFields fields) {
        return isStatus(status) ? problem(fields) : "status " + status;
    }

    /// Whether there is such a status: three digits, of a class that means something (RFC 9110 §15).
    static boolean isStatus(int status) {
        return status >= 100 && status <= 599;
    }

    /// What is wrong with a section of fields, trailers included; null for nothing.
    static @Nullable String problem(HttpFields fields) {
        for (HttpField field : fields) {
            var known = field.getHeader();
            if (known == null ? !HttpChars.isToken(field.getName()) : known.isPseudo()) {
                return "a field name with characters that may not be there";
            }
            if (!isClean(field.getValue())) {
                return "a value with characters that may not be there: field " + field.getName();
            }
        }
        return null;
    }

    /// Whether a value keeps to its line, and each character is one byte (RFC 9110 §5.5, RFC 9113 §8.2.1).
    private static boolean isClean(@Nullable String value) {
        if (value != null) {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Content-Length; -1 where there is none, [#INVALID] for anything but one number (RFC 9110 §8.6).
    static long contentLength(HttpFields fields) {
        long length = -1;
        for (HttpField field : fields) {
            if (field.getHeader() == HttpHeader.CONTENT_LENGTH) {
                length = length == -1 ? number(String.valueOf(field.getValue())) : INVALID;
            }
        }
        return length;
    }

    private static long number(String text) {
        boolean digits =
                !text.isEmpty() && text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Long.parseLong(text) : INVALID;
    }

    /// Whether a response ends behind its head whatever that says (RFC 9110 §6.4.1).
    static boolean hasNoContent(String method, int status) {
        return method.equals("HEAD") || status == 204 || status == 304;
    }
}
