package dev.gatehouse.proxy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/// The Date field (RFC 9110 §6.6.1), made once a second. Any thread.
final class Dates {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static volatile Second latest = new Second(0, new HttpField(HttpHeader.DATE, ""));

    private Dates() {}

    private record Second(long epochSecond, HttpField field) {}

    static HttpField now() {
        long second = System.currentTimeMillis() / 1000;
        var known = latest;
        if (known.epochSecond != second) {
            var text = FORMAT.format(Instant.ofEpochSecond(second));
            known = new Second(second, new PreEncodedHttpField(HttpHeader.DATE, text));
            latest = known;
        }
        return known.field;
    }
}
