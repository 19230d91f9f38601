package dev.gatehouse.header;

import dev.gatehouse.http.HttpChars;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/// Reads and writes `Forwarded` (RFC 7239 §4).
public final class ForwardedField {
    /// One element.
    ///
    /// @param node who made the request
    /// @param proto as written, unquoted, as are the others
    public record Hop(
            ForwardedNode node,
            @Nullable String proto,
            @Nullable String host,
            @Nullable String by) {}

    /// One element before its node was looked at. All is null in one that is broken or repeats a parameter.
    ///
    /// @param text as it stands in the field
    record Element(
            String text,
            boolean readable,
            @Nullable String node,
            @Nullable String proto,
            @Nullable String host,
            @Nullable String by) {
        /// Null where it has no good `for`.
        @Nullable
        Hop hop() {
            var parsed = node == null ? null : ForwardedNode.parse(node);
            return parsed == null ? null : new Hop(parsed, proto, host, by);
        }
    }

    private final String text;
    private int at;

    private ForwardedField(String text) {
        this.text = text;
    }

    /// The elements of all Forwarded fields, the last first. Blank elements and unknown parameters are skipped. What is
    /// broken breaks nothing to the right of it; there is one broken element for it, which is the last.
    static List<Element> lastFirst(HttpFields fields) {
        var elements = new ArrayList<Element>();
        for (int i = fields.size() - 1; i >= 0; i--) {
            var field = fields.getField(i);
            if (field.getHeader() == HttpHeader.FORWARDED
                    && !readInto(elements, Objects.requireNonNullElse(field.getValue(), ""))) {
                break;
            }
        }
        return elements;
    }

    /// The field's value for these hops.
    public static String write(List<Hop> hops) {
        var out = new StringBuilder(64);
        for (int i = 0; i < hops.size(); i++) {
            var hop = hops.get(i);
            out.append(i == 0 ? "for=" : ", for=");
            hop.node.appendTo(out);
            append(out, ";proto=", hop.proto);
            append(out, ";host=", hop.host);
            append(out, ";by=", hop.by);
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String name, @Nullable String value) {
        if (value == null) {
            return;
        }
        out.append(name);
        boolean token = !value.isEmpty();
        for (int i = 0; i < value.length(); i++) {
            token &= HttpChars.isToken(value.charAt(i));
        }
        if (token) {
            out.append(value);
            return;
        }
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }

    private static boolean readInto(List<Element> elements, String value) {
        for (int end = value.length(); end >= 0; ) {
            int start = start(value, end);
            var piece = value.substring(start, end).strip();
            if (!piece.isEmpty()) {
                var reading = new ForwardedField(piece);
                var element = reading.element();
                if (element == null || reading.at != piece.length()) {
                    elements.add(new Element(piece, false, null, null, null, null));
                    return false;
                }
                elements.add(element);
            }
            end = start - 1;
        }
        return true;
    }

    /// Where the element that ends at `end` begins: behind a comma that no quotes to the right of it hold.
    private static int start(String value, int end) {
        boolean quoted = false;
        for (int i = end - 1; i >= 0; i--) {
            char c = value.charAt(i);
            if (c == '"') {
                quoted = !quoted || isEscaped(value, i);
            } else if (c == ',' && !quoted) {
                return i + 1;
            }
        }
        return 0;
    }

    private static boolean isEscaped(String value, int at) {
        int backslashes = 0;
        while (at - backslashes > 0 && value.charAt(at - backslashes - 1) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    /// Reads up to the comma or the end.
    private @Nullable Element element() {
        String node = null;
        String proto = null;
        String host = null;
        String by = null;
        while (at < text.length() && text.charAt(at) != ',') {
            if (text.charAt(at) == ';') {
                at++;
                skipBlanks();
                continue;
            }
            int start = at;
            while (at < text.length() && HttpChars.isToken(text.charAt(at))) {
                at++;
            }
            if (at == start || at == text.length() || text.charAt(at) != '=') {
                return null;
            }
            var name = text.substring(start, at++).toLowerCase(Locale.ROOT);
            var value = value();
            if (value == null) {
                return null;
            }
            boolean repeated = false;
            switch (name) {
                case "for" -> {
                    repeated = node != null;
                    node = value;
                }
                case "proto" -> {
                    repeated = proto != null;
                    proto = value;
                }
                case "host" -> {
                    repeated = host != null;
                    host = value;
                }
                case "by" -> {
                    repeated = by != null;
                    by = value;
                }
                default -> {}
            }
            if (repeated) {
                return null;
            }
            skipBlanks();
            if (at < text.length() && text.charAt(at) != ';' && text.charAt(at) != ',') {
                return null;
            }
        }
        return new Element(text, true, node, proto, host, by);
    }

    /// Reads a token, taken widely enough for addresses without quotes, or a quoted string (RFC 9110 §5.6.4).
    private @Nullable String value() {
        if (at < text.length() && text.charAt(at) == '"') {
            at++;
            return quoted();
        }
        int start = at;
        while (at < text.length() && ";, \t".indexOf(text.charAt(at)) < 0) {
            char c = text.charAt(at++);
            if (c == '"' || c == '\\' || c < ' ' || c >= 0x7f) {
                return null;
            }
        }
        return at == start ? null : text.substring(start, at);
    }

    private @Nullable String quoted() {
        var value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return value.toString();
            }
            if (c == '\\') {
                if (at == text.length()) {
                    return null;
                }
                c = text.charAt(at++);
            }
            if (c < ' ' || c >= 0x7f) {
                return null;
            }
            value.append(c);
        }
        return null;
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }
}
