package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.Failure;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/// What Jetty's HTTP/2 parser lets pass and we do not.
final class HeadCheck {
    private static final int MAX_NAME = 256;

    private HeadCheck() {}

    /// @param bodyless whether the stream ended with the head
    /// @return null when the head may be handled
    static @Nullable Failure http2(Exchange exchange, boolean bodyless, LimitsConfig limits) {
        var fields = exchange.fields();
        if (isOfAConnection(fields) || !lengthFits(fields, bodyless)) {
            return Failure.STREAM_MALFORMED;
        }
        for (HttpField field : fields) {
            var value = field.getValue();
            if (value != null && !isFieldValue(value)) {
                return Failure.STREAM_MALFORMED;
            }
        }
        if (!isToken(exchange.method())) {
            return Failure.STREAM_MALFORMED;
        }
        if (fields.size() > limits.requestHeaderCount()) {
            return Failure.FIELDS_TOO_LARGE;
        }
        for (HttpField field : fields) {
            if (field.getHeader() == null && field.getName().length() > MAX_NAME) {
                return Failure.FIELDS_TOO_LARGE;
            }
        }
        return null;
    }

    /// RFC 9113 §8.2.2.
    private static boolean isOfAConnection(HttpFields fields) {
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.getField(i);
            var header = field.getHeader();
            if (header == null) {
                continue;
            }
            switch (header) {
                case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE -> {
                    return true;
                }
                case TE -> {
                    if (!"trailers".equalsIgnoreCase(field.getValue())) {
                        return true;
                    }
                }
                default -> {}
            }
        }
        return false;
    }

    /// RFC 9113 §8.1.1; what follows the head Jetty counts.
    private static boolean lengthFits(HttpFields fields, boolean bodyless) {
        var lengths = fields.getValuesList(HttpHeader.CONTENT_LENGTH);
        if (lengths.isEmpty()) {
            return true;
        }
        var length = lengths.getFirst();
        return lengths.size() == 1
                && !length.isEmpty()
                && length.length() < 19
                && length.chars().allMatch(c -> c >= '0' && c <= '9')
                && (!bodyless || Long.parseLong(length) == 0);
    }

    /// RFC 9113 §8.2.1.
    private static boolean isFieldValue(String value) {
        int length = value.length();
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        return length == 0 || !(isSpace(value.charAt(0)) || isSpace(value.charAt(length - 1)));
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isToken(String method) {
        for (int i = 0; i < method.length(); i++) {
            char c = method.charAt(i);
            if (c <= ' ' || c >= 0x7f || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
                return false;
            }
        }
        return !method.isEmpty();
    }
}
