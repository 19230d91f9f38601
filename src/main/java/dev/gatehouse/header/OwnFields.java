package dev.gatehouse.header;

import dev.gatehouse.config.FieldNames;

/// The names that only we write on the way to an upstream, as far as [org.eclipse.jetty.http.HttpHeader] does not know
/// them; and in the spellings that servers read alike: `X_Forwarded_For` would speak for us there.
final class OwnFields {
    static final String PROXY = "Proxy";
    static final String X_FORWARDED_SSL = "X-Forwarded-SSL";
    static final String X_ORIGINAL_URI = "X-Original-URI";
    static final String X_REAL_IP = "X-Real-IP";
    static final String X_REQUEST_ID = "X-Request-Id";

    /// Those that `HttpHeader` knows are here for the sake of their `_` spellings.
    private static final FieldNames OWN = FieldNames.of(
            PROXY,
            X_FORWARDED_SSL,
            X_ORIGINAL_URI,
            X_REAL_IP,
            X_REQUEST_ID,
            "Content-Length",
            "Transfer-Encoding",
            "Forwarded",
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

    private static final FieldNames IDENTITY = FieldNames.of(
            CLIENT_CERT,
            CLIENT_CERT_CHAIN,
            X_CLIENT_CERT_VERIFY,
            X_CLIENT_CERT_SUBJECT,
            X_CLIENT_CERT_SAN,
            X_CLIENT_CERT_SERIAL,
            X_CLIENT_CERT_FINGERPRINT);

    private OwnFields() {}

    /// Whether the name is one of them, in any spelling.
    static boolean contain(String name) {
        return OWN.contain(name);
    }

    /// Whether the name is one that tells who the client is; those are not among the others.
    static boolean identify(String name) {
        return IDENTITY.contain(name);
    }
}
