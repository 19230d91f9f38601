package dev.gatehouse.observe;

/// Takes the values out of a query, so that tokens and addresses of people stay out of the log.
final class QueryRedaction {
    private static final String REDACTED = "<redacted>";

    private QueryRedaction() {}

    /// `key=value` becomes `key=<redacted>`, a segment without `=` becomes `<redacted>`, empty segments stay. Nothing
    /// is decoded.
    ///
    /// @param uri anything with or without a query: the first `?` begins it
    static String apply(String uri) {
        var question = uri.indexOf('?');
        if (question < 0 || question == uri.length() - 1) {
            return uri;
        }
        var text = new StringBuilder(uri.length() + 32).append(uri, 0, question + 1);
        var start = question + 1;
        while (true) {
            var ampersand = uri.indexOf('&', start);
            var end = ampersand < 0 ? uri.length() : ampersand;
            if (end > start) {
                var equals = uri.indexOf('=', start);
                if (equals >= 0 && equals < end) {
                    text.append(uri, start, equals + 1);
                }
                text.append(REDACTED);
            }
            if (ampersand < 0) {
                return text.toString();
            }
            text.append('&');
            start = ampersand + 1;
        }
    }
}
