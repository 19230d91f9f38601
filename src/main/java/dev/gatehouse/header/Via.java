package dev.gatehouse.header;

import dev.gatehouse.http.Protocol;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/// Our mark on what passes (RFC 9110 §7.6.3), by which a request that comes back is known.
final class Via {
    /// Names this process and no other: `gatehouse-` and eight hex digits.
    static final String PSEUDONYM = "gatehouse-" + HexFormat.of().toHexDigits(new SecureRandom().nextInt());

    private static final HttpField HTTP_1_0 = field("1.0");
    private static final HttpField HTTP_1_1 = field("1.1");
    private static final HttpField HTTP_2 = field("2");
    private static final HttpField HTTP_3 = field("3");

    private Via() {}

    /// The line to append to a message that was received in that version.
    static HttpField field(Protocol received) {
        return switch (received) {
            case HTTP_1_0 -> HTTP_1_0;
            case HTTP_1_1 -> HTTP_1_1;
            case HTTP_2 -> HTTP_2;
            case HTTP_3 -> HTTP_3;
        };
    }

    /// Whether a message passed this process before.
    static boolean isOurs(HttpFields fields) {
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.getField(i);
            if (field.getHeader() == HttpHeader.VIA && field.getValue().contains(PSEUDONYM)) {
                return true;
            }
        }
        return false;
    }

    private static HttpField field(String version) {
        return new PreEncodedHttpField(HttpHeader.VIA, version + " " + PSEUDONYM);
    }
}
