package dev.gatehouse.upstream;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/// What the grammar of HTTP/1 rules out by itself, and HTTP/2 leaves to be looked at: its fields go on to clients of
/// HTTP/1.
final class AnswerFields {
    /// Not one number.
    static final long INVALID = -2;

    private static final int MAX_DIGITS = 18;

    private AnswerFields() {}

    /// Whether there is such a status (RFC 9110 §15).
    static boolean isStatus(int status) {
        return status >= 100 && status <= 599;
    }

    /// Whether all values keep to their line (RFC 9113 §8.2.1, RFC 9110 §5.5). Names are checked by Jetty's decoder.
    static boolean areClean(HttpFields fields) {
        for (HttpField field : fields) {
            var value = field.getValue();
            for (int i = 0; value != null && i < value.length(); i++) {
                char c = value.charAt(i);
                if ((c < ' ' && c != '\t') || c == 0x7f) {
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

    /// Whether an answer ends behind its head whatever that says (RFC 9110 §6.4.1).
    static boolean hasNoContent(String method, int status) {
        return method.equals("HEAD") || status == 204 || status == 304;
    }
}
