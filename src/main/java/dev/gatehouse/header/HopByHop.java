package dev.gatehouse.header;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/// Fields that belong to one connection and end with it, in both directions (RFC 9110 §7.6.1): a fixed set, and the
/// names that Connection lists.
final class HopByHop {
    private static final EnumSet<HttpHeader> FIXED = EnumSet.of(
            HttpHeader.CONNECTION,
            HttpHeader.HTTP2_SETTINGS,
            HttpHeader.KEEP_ALIVE,
            HttpHeader.PROXY_AUTHENTICATE,
            HttpHeader.PROXY_AUTHORIZATION,
            HttpHeader.PROXY_CONNECTION,
            HttpHeader.TE,
            HttpHeader.TRANSFER_ENCODING,
            HttpHeader.UPGRADE);

    /// What stays though Connection lists it: without it a message would have another end, another host or no history.
    private static final Set<String> KEPT = Set.of("content-length", "host", "via");

    private HopByHop() {}

    /// Whether the field is one of the fixed set.
    static boolean is(HttpHeader header) {
        return FIXED.contains(header);
    }

    /// Adds the names that a Connection field lists, lower case, to those of the fields before it. Every line counts.
    ///
    /// @param soFar null where there were none
    /// @return null where there are still none beyond the fixed set, as is usual
    static @Nullable Set<String> listed(HttpField connection, @Nullable Set<String> soFar) {
        var value = connection.getValue();
        if (value.equalsIgnoreCase("keep-alive") || value.equalsIgnoreCase("close")) {
            return soFar;
        }
        var names = soFar;
        for (int start = Tokens.next(value, 0); start < value.length(); ) {
            int end = Tokens.end(value, start);
            var name = value.substring(start, end).toLowerCase(Locale.ROOT);
            var known = HttpHeader.CACHE.get(name);
            if (!name.equals("close") && !KEPT.contains(name) && (known == null || !is(known))) {
                if (names == null) {
                    names = new HashSet<>();
                }
                names.add(name);
            }
            start = Tokens.next(value, end);
        }
        return names;
    }

    /// Removes the fields of those names.
    static void remove(HttpFields.Mutable fields, Set<String> names) {
        for (var each = fields.iterator(); each.hasNext(); ) {
            if (names.contains(each.next().getLowerCaseName())) {
                each.remove();
            }
        }
    }
}
