package dev.gatehouse.listen.tcp;

import dev.gatehouse.config.LimitsConfig;
import dev.gatehouse.http.Exchange;
import dev.gatehouse.http.Failure;
import dev.gatehouse.http.HttpChars;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.jspecify.annotations.Nullable;

/// What Jetty's HTTP/2 parser lets pass and we do not.
final class HeadCheck {
    private static final int MAX_NAME = 256;
    private static final int MAX_LENGTH_DIGITS = 18;

    /// What RFC 9113 §6.5.2 counts for each field beside its name and value.
    private static final int FIELD_OVERHEAD = 32;

    private HeadCheck() {}

    /// The largest header section that is read at all; one above the limit is read to its end and answered 431, as the
    /// fields that follow cannot be understood without it.
    static int mostBytes(LimitsConfig limits) {
        return 2 * limits.requestHeaderBytes();
    }

    /// @param bodyless whether the stream ended with the head
    /// @return null when the head may be handled
    static @Nullable Failure http2(Exchange exchange, boolean bodyless, LimitsConfig limits) {
        if (!HttpChars.isToken(exchange.method())) {
            return Failure.STREAM_INJECTION;
        }
        var uri = exchange.uri();
        var bad = target(exchange.method(), uri);
        if (bad != null) {
            return bad;
        }
        var fields = exchange.fields();
        if (fields.size() > limits.requestHeaderCount()) {
            return Failure.FIELD_LIST_TOO_LARGE;
        }
        int size = length(uri.getPath()) + length(uri.getQuery());
        boolean sized = false;
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.getField(i);
            var header = field.getHeader();
            if (header == null) {
                if (field.getName().length() > MAX_NAME) {
                    return Failure.FIELD_LIST_TOO_LARGE;
                }
            } else if (isOfConnection(header)) {
                return Failure.STREAM_MALFORMED;
            } else if (header == HttpHeader.CONTENT_LENGTH) {
                if (sized || !isLength(field.getValue(), bodyless)) {
                    return Failure.STREAM_LENGTH;
                }
                sized = true;
            }
            size += field.getName().length() + length(field.getValue()) + FIELD_OVERHEAD;
        }
        return size > limits.requestHeaderBytes() ? Failure.FIELD_LIST_TOO_LARGE : null;
    }

    /// Trailers have the limits of heads, by themselves.
    ///
    /// @return null when they may pass
    static @Nullable Failure trailers(HttpFields fields, LimitsConfig limits) {
        if (fields.size() > limits.requestHeaderCount()) {
            return Failure.FIELD_LIST_TOO_LARGE;
        }
        int size = 0;
        for (var field : fields) {
            size += field.getName().length() + length(field.getValue()) + FIELD_OVERHEAD;
        }
        return size > limits.requestHeaderBytes() ? Failure.FIELD_LIST_TOO_LARGE : null;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /// RFC 9113 §8.3.1. What else a path may not have is `route`'s business.
    private static @Nullable Failure target(String method, HttpURI uri) {
        var path = uri.getPath();
        var query = uri.getQuery();
        if (hasBlank(path) || hasBlank(query)) {
            return Failure.STREAM_INJECTION;
        }
        boolean rooted = path != null && path.startsWith("/");
        boolean asterisk = "*".equals(path) && method.equals("OPTIONS");
        boolean connect = path == null && method.equals("CONNECT");
        return (rooted || asterisk || connect) && uri.getFragment() == null && uri.getUser() == null
                ? null
                : Failure.STREAM_AUTHORITY;
    }

    private static boolean hasBlank(@Nullable String text) {
        if (text == null) {
            return false;
        }
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                return true;
            }
        }
        return false;
    }

    /// RFC 9113 §8.2.2.
    private static boolean isOfConnection(HttpHeader header) {
        return switch (header) {
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE -> true;
            default -> false;
        };
    }

    private static boolean isLength(@Nullable String value, boolean bodyless) {
        if (value == null) {
            return false;
        }
        int length = value.length();
        boolean zero = true;
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
            zero &= c == '0';
        }
        return length > 0 && length <= MAX_LENGTH_DIGITS && (zero || !bodyless);
    }
}
