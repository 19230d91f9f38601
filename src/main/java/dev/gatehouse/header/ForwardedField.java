package dev.gatehouse.header;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

    /// One element before its node was looked at.
    private record Element(
            @Nullable String node,
            @Nullable String proto,
            @Nullable String host,
            @Nullable String by) {}

    private final String text;
    private int at;

    private ForwardedField(String text) {
        this.text = text;
    }

    /// The elements of all Forwarded fields, the client's first. Blank elements and unknown parameters are skipped.
    ///
    /// @return null where one element is broken, repeats a parameter or lacks a good `for`
    public static @Nullable List<Hop> parse(HttpFields fields) {
        var elements = elements(fields);
        if (elements == null) {
            return null;
        }
        var hops = new ArrayList<Hop>(elements.size());
        for (var element : elements) {
            var node = element.node == null ? null : ForwardedNode.parse(element.node);
            if (node == null) {
                return null;
            }
            hops.add(new Hop(node, element.proto, element.host, element.by));
        }
        return hops;
    }

    /// The `proto` of the first element, which needs no `for`.
    ///
    /// @return null where it has none or there is no element; empty where the fields are broken
    static @Nullable String firstProto(HttpFields fields) {
        var elements = elements(fields);
        if (elements == null) {
            return "";
        }
        return elements.isEmpty() ? null : elements.getFirst().proto;
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
            token &= isTokenCharacter(value.charAt(i));
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

    private static @Nullable List<Element> elements(HttpFields fields) {
        var elements = new ArrayList<Element>();
        for (int i = 0; i < fields.size(); i++) {
            var field = fields.getField(i);
            if (field.getHeader() == HttpHeader.FORWARDED && !new ForwardedField(field.getValue()).readInto(elements)) {
                return null;
            }
        }
        return elements;
    }

    private boolean readInto(List<Element> elements) {
        while (true) {
            skipBlanks();
            if (at == text.length()) {
                return true;
            }
            if (text.charAt(at) == ',') {
                at++;
                continue;
            }
            var element = element();
            if (element == null) {
                return false;
            }
            elements.add(element);
        }
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
            while (at < text.length() && isTokenCharacter(text.charAt(at))) {
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
        return new Element(node, proto, host, by);
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

    /// RFC 9110 §5.6.2.
    private static boolean isTokenCharacter(char c) {
        int lower = c | 0x20;
        return (c < 0x80 && lower >= 'a' && lower <= 'z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
