package dev.gatehouse.header;

import java.util.ArrayList;
import java.util.List;

/// The names that only we write on the way to an upstream, as far as [org.eclipse.jetty.http.HttpHeader] does not know
/// them. `_` counts as `-`: many servers read both names alike, and `X_Forwarded_For` would speak for us there.
final class OwnFields {
    static final String PROXY = "Proxy";
    static final String X_FORWARDED_SSL = "X-Forwarded-SSL";
    static final String X_ORIGINAL_URI = "X-Original-URI";
    static final String X_REAL_IP = "X-Real-IP";
    static final String X_REQUEST_ID = "X-Request-Id";

    /// The names by their length. Those that `HttpHeader` knows are here for the sake of their `_` spellings.
    private static final List<List<String>> BY_LENGTH = byLength(
            PROXY,
            X_FORWARDED_SSL,
            X_ORIGINAL_URI,
            X_REAL_IP,
            X_REQUEST_ID,
            "Content-Length",
            "Transfer-Encoding",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
            "X-Forwarded-Proto");

    /// Who the client's certificate says it is: RFC 9440, and our own for those who cannot read certificates.
    static final String CLIENT_CERT = "Client-Cert";
    static final String CLIENT_CERT_CHAIN = "Client-Cert-Chain";
    static final String X_CLIENT_CERT_VERIFY = "X-Client-Cert-Verify";
    static final String X_CLIENT_CERT_SUBJECT = "X-Client-Cert-Subject";
    static final String X_CLIENT_CERT_SAN = "X-Client-Cert-SAN";
    static final String X_CLIENT_CERT_SERIAL = "X-Client-Cert-Serial";
    static final String X_CLIENT_CERT_FINGERPRINT = "X-Client-Cert-Fingerprint";

    private static final List<List<String>> IDENTITY_BY_LENGTH = byLength(
            CLIENT_CERT,
            CLIENT_CERT_CHAIN,
            X_CLIENT_CERT_VERIFY,
            X_CLIENT_CERT_SUBJECT,
            X_CLIENT_CERT_SAN,
            X_CLIENT_CERT_SERIAL,
            X_CLIENT_CERT_FINGERPRINT);

    private OwnFields() {}

    /// Whether the name is one of them, in any case and with `_` for `-`.
    static boolean contain(String name) {
        return isIn(BY_LENGTH, name);
    }

    /// Whether the name is one that tells who the client is; those are not among the others.
    static boolean identify(String name) {
        return isIn(IDENTITY_BY_LENGTH, name);
    }

    private static boolean isIn(List<List<String>> byLength, String name) {
        int length = name.length();
        if (length >= byLength.size()) {
            return false;
        }
        var candidates = byLength.get(length);
        for (int i = 0; i < candidates.size(); i++) {
            if (isSame(name, candidates.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSame(String name, String own) {
        for (int i = 0; i < own.length(); i++) {
            char c = name.charAt(i);
            char expected = own.charAt(i);
            if (c != expected && (expected == '-' ? c != '_' : (c ^ expected) != 0x20 || !isLetter(c))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z';
    }

    private static List<List<String>> byLength(String... names) {
        var lists = new ArrayList<List<String>>();
        for (var name : names) {
            while (lists.size() <= name.length()) {
                lists.add(new ArrayList<>());
            }
            lists.get(name.length()).add(name);
        }
        return lists;
    }
}
