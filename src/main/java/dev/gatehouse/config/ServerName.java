package dev.gatehouse.config;

import java.net.IDN;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The rules for `server_name`, and those that the host of a `location` shares with it.
final class ServerName {
    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_LABEL = 63;

    private ServerName() {}

    /// Lower case. ASCII labels of letters, digits and inner hyphens; the first label may be `*`.
    static String parse(String text) throws BadValue {
        refuseOtherThings(text);
        if (text.equals("*") || text.equals("*.")) {
            throw bad(
                    text,
                    "a wildcard stands for one label in front of a name",
                    "\"*.example.com\"; default_app" + " serves plaintext requests for unknown hosts");
        }
        var wildcard = text.startsWith("*.");
        var name = wildcard ? text.substring(2) : text;
        if (name.indexOf('*') >= 0) {
            throw bad(text, "a wildcard can only be the whole first label", "\"*.example.com\"");
        }
        checkLabels(text, name, false);
        var lower = text.toLowerCase(Locale.ROOT);
        if (isAllNumeric(lastLabel(name))) {
            if (wildcard || Addresses.v4OrNull(name) == null) {
                throw bad(text, "neither a name nor an IPv4 address", null);
            }
        }
        return lower;
    }

    private static void refuseOtherThings(String text) throws BadValue {
        if (text.isEmpty()) {
            throw new BadValue("the name is empty", null);
        }
        int scheme = text.indexOf("://");
        if (scheme >= 0) {
            throw bad(text, "a name has no scheme", Words.quote(text.substring(scheme + 3)));
        }
        if (text.indexOf('/') >= 0 || text.indexOf('\\') >= 0) {
            throw bad(text, "a name has no path", "paths belong in [[apps.NAME.reverse_proxy]]");
        }
        int colon = text.indexOf(':');
        if (colon >= 0) {
            throw text.indexOf(':', colon + 1) >= 0
                    ? bad(text, "an IPv6 address cannot be a server name", null)
                    : bad(text, "a name has no port", Words.quote(text.substring(0, colon)));
        }
    }

    /// Checks dot-separated labels; `whole` is what messages show.
    static void checkLabels(String whole, String name, boolean underscores) throws BadValue {
        if (!name.chars().allMatch(c -> c < 0x80)) {
            throw bad(whole, "only ASCII is possible", punycode(whole));
        }
        if (name.endsWith(".") && name.length() > 1) {
            throw bad(whole, "a name has no dot at its end", Words.quote(whole.substring(0, whole.length() - 1)));
        }
        if (name.length() > LONGEST_NAME) {
            throw bad(whole, "longer than " + LONGEST_NAME + " characters", null);
        }
        for (int start = 0; start <= name.length(); ) {
            int dot = name.indexOf('.', start);
            int end = dot < 0 ? name.length() : dot;
            checkLabel(whole, name.substring(start, end), underscores);
            start = end + 1;
        }
    }

    private static void checkLabel(String whole, String label, boolean underscores) throws BadValue {
        if (label.isEmpty()) {
            throw bad(whole, "a label between the dots is empty", null);
        }
        if (label.length() > LONGEST_LABEL) {
            throw bad(whole, "a label is longer than " + LONGEST_LABEL + " characters", null);
        }
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            var alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!alphanumeric && c != '-' && !(underscores && c == '_')) {
                throw bad(
                        whole,
                        Words.quote(String.valueOf(c)) + " cannot be in a name",
                        "letters, digits, hyphens and dots");
            }
        }
        if (label.startsWith("-") || label.endsWith("-")) {
            throw bad(whole, "a label begins or ends with a hyphen", null);
        }
    }

    static boolean isAllNumeric(String label) {
        return !label.isEmpty() && label.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    static String lastLabel(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static @Nullable String punycode(String name) {
        try {
            return "in punycode: " + Words.quote(IDN.toASCII(name));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static BadValue bad(String name, String reason, @Nullable String hint) {
        return new BadValue(Words.quote(name) + ": " + reason, hint);
    }
}
