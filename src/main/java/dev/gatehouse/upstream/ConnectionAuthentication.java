package dev.gatehouse.upstream;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/// NTLM and Negotiate, the schemes that authenticate a connection and not a request (RFC 4559 §6): whoever gets the
/// connection next is taken for the same user.
final class ConnectionAuthentication {
    private static final String[] SCHEMES = {"NTLM", "Negotiate"};

    private ConnectionAuthentication() {}

    /// Whether a request has credentials of such a scheme.
    static boolean isIn(HttpFields request) {
        for (HttpField field : request) {
            var header = field.getHeader();
            if ((header == HttpHeader.AUTHORIZATION || header == HttpHeader.PROXY_AUTHORIZATION)
                    && isNamed(field.getValue())) {
                return true;
            }
        }
        return false;
    }

    /// Whether credentials or a list of challenges (RFC 9110 §11.3) name such a scheme. Also where it might be
    /// something
    /// else, such as a part of a quoted realm: then a connection is not shared that could be.
    static boolean isNamed(@Nullable String value) {
        if (value == null) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (i == 0 || isDelimiter(value.charAt(i - 1))) {
                for (var scheme : SCHEMES) {
                    int end = i + scheme.length();
                    if (value.regionMatches(true, i, scheme, 0, scheme.length())
                            && (end == value.length() || isDelimiter(value.charAt(end)))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean isDelimiter(char c) {
        return c == ' ' || c == '\t' || c == ',';
    }
}
