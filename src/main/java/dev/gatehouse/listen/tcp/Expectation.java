package dev.gatehouse.listen.tcp;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/// What a request expects before its body is sent (RFC 9110 §10.1.1), alike in every HTTP version.
enum Expectation {
    NONE,
    /// A 100.
    CONTINUE,
    /// Something that is not known here, or more than one thing: 417.
    UNKNOWN;

    static Expectation of(HttpFields fields) {
        var found = NONE;
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.getField(i);
            if (field.getHeader() == HttpHeader.EXPECT) {
                var value = field.getValue();
                boolean known = found == NONE && value != null && value.strip().equalsIgnoreCase("100-continue");
                found = known ? CONTINUE : UNKNOWN;
            }
        }
        return found;
    }
}
