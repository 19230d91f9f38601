package dev.gatehouse.config;

/// Fields by which a proxy tells the server behind it about the client: its address, scheme, host, path, user or
/// certificate. Many servers and frameworks believe them, whoever wrote them.
public final class ForwardingFields {
    /// Written by us for every request; what a stranger sent under these names is replaced.
    static final FieldNames WRITTEN = FieldNames.of(
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Port",
            "X-Forwarded-Proto",
            "X-Forwarded-SSL",
            "X-Original-URI",
            "X-Real-IP",
            "X-Request-Id");

    /// Removed unless the peer is a trusted proxy, or `keep_forwarding_headers` has the name.
    public static final FieldNames STRANGERS = FieldNames.of(
            "X-Forwarded-*",
            // the address
            "CF-Connecting-IP",
            "CF-Connecting-IPv6",
            "CF-Pseudo-IPv4",
            "Client-IP",
            "CloudFront-Viewer-Address",
            "Fastly-Client-IP",
            "Fly-Client-IP",
            "Forwarded-For",
            "True-Client-IP",
            "X-Appengine-User-IP",
            "X-Azure-ClientIP",
            "X-Azure-SocketIP",
            "X-Client-IP",
            "X-Cluster-Client-IP",
            "X-Envoy-External-Address",
            "X-Forwarded",
            "X-Original-For",
            "X-Original-Forwarded-For",
            "X-Originating-IP",
            "X-Remote-Addr",
            "X-Remote-IP",
            // the scheme
            "CF-Visitor",
            "CloudFront-Forwarded-Proto",
            "Fastly-SSL",
            "Front-End-Https",
            "X-ARR-SSL",
            "X-Original-Proto",
            "X-Scheme",
            "X-Url-Scheme",
            // host, path and method
            "X-Envoy-Original-Path",
            "X-Host",
            "X-Original-Host",
            "X-Original-Method",
            "X-Original-Prefix",
            "X-Original-URL",
            "X-Replaced-Path",
            "X-Rewrite-URL",
            "X-Script-Name",
            // user and certificate
            "Remote-Email",
            "Remote-Groups",
            "Remote-Name",
            "Remote-User",
            "SSL-Client-*",
            "X-Amzn-Mtls-*",
            "X-ARR-ClientCert",
            "X-Auth-Request-*",
            "X-Client-Cert",
            "X-Remote-User",
            "X-SSL-*",
            "X-WebAuth-User");

    private ForwardingFields() {}
}
