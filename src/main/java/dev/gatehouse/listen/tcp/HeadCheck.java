package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.Failure;
import org.eclipse.jetty.http.HttpField;
import org.jspecify.annotations.Nullable;

/// What Jetty's HTTP/2 parser lets pass and we do not.
final class HeadCheck {
    private static final int MAX_NAME = 256;

    private HeadCheck() {}

    /// @return null when the head may be handled
    static @Nullable Failure http2(Exchange exchange, LimitsConfig limits) {
        var fields = exchange.fields();
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
