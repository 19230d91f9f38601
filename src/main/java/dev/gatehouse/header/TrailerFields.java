package dev.gatehouse.header;

import java.util.EnumSet;
import org.eclipse.jetty.http.HttpHeader;

/// Known fields that mean nothing, or harm, behind a body (RFC 9110 §6.5.1).
final class TrailerFields {
    private static final EnumSet<HttpHeader> FORBIDDEN = EnumSet.of(
            // framing and coding of the content
            HttpHeader.CONTENT_LENGTH,
            HttpHeader.TRAILER,
            HttpHeader.CONTENT_ENCODING,
            HttpHeader.CONTENT_TYPE,
            HttpHeader.CONTENT_RANGE,
            HttpHeader.CONTENT_TRANSFER_ENCODING,
            HttpHeader.MIME_VERSION,
            // routing
            HttpHeader.HOST,
            HttpHeader.VIA,
            HttpHeader.ALT_SVC,
            HttpHeader.FORWARDED,
            HttpHeader.X_FORWARDED_FOR,
            HttpHeader.X_FORWARDED_HOST,
            HttpHeader.X_FORWARDED_PORT,
            HttpHeader.X_FORWARDED_PROTO,
            HttpHeader.X_FORWARDED_SERVER,
            // authentication
            HttpHeader.AUTHORIZATION,
            HttpHeader.WWW_AUTHENTICATE,
            HttpHeader.COOKIE,
            HttpHeader.SET_COOKIE,
            HttpHeader.SET_COOKIE2,
            // how to treat the request
            HttpHeader.CACHE_CONTROL,
            HttpHeader.EXPECT,
            HttpHeader.MAX_FORWARDS,
            HttpHeader.PRAGMA,
            HttpHeader.RANGE,
            HttpHeader.REQUEST_RANGE,
            HttpHeader.IF_MATCH,
            HttpHeader.IF_NONE_MATCH,
            HttpHeader.IF_MODIFIED_SINCE,
            HttpHeader.IF_UNMODIFIED_SINCE,
            HttpHeader.IF_RANGE,
            // how to treat the answer
            HttpHeader.AGE,
            HttpHeader.DATE,
            HttpHeader.EXPIRES,
            HttpHeader.LOCATION,
            HttpHeader.RETRY_AFTER,
            HttpHeader.STRICT_TRANSPORT_SECURITY,
            HttpHeader.VARY,
            HttpHeader.WARNING);

    private TrailerFields() {}

    static boolean areAllowed(HttpHeader header) {
        return !HopByHop.is(header) && !header.isPseudo() && !FORBIDDEN.contains(header);
    }
}
