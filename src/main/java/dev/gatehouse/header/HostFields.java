package dev.gatehouse.header;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.jspecify.annotations.Nullable;

/// The fields that name a host, and a memory for those of the hosts that were asked for lately. Immutable.
///
/// @param text host and port as written
record HostFields(String text, HttpField host, HttpField forwardedHost) {
    private static HostFields of(String text) {
        return new HostFields(
                text,
                new PreEncodedHttpField(HttpHeader.HOST, text),
                new PreEncodedHttpField(HttpHeader.X_FORWARDED_HOST, text));
    }

    /// Any thread: entries are immutable, so that a race costs some work and no more.
    static final class Memory {
        /// A power of two.
        private static final int SIZE = 128;

        private final @Nullable HostFields[] entries = new HostFields[SIZE];

        HostFields of(String text) {
            int hash = text.hashCode();
            int slot = (hash ^ (hash >>> 16)) & (SIZE - 1);
            var entry = entries[slot];
            if (entry == null || !entry.text.equals(text)) {
                entry = HostFields.of(text);
                entries[slot] = entry;
            }
            return entry;
        }
    }
}
