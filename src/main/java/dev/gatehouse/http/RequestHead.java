package dev.gatehouse.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;

/// A client's request without its body, as it was received. Immutable.
public interface RequestHead {
    /// The method, as sent (methods are case-sensitive, RFC 9110 §9.1).
    String method();

    /// The request target. Path and query are raw, as sent; host and port are present only for absolute-form and
    /// `:authority` (RFC 9112 §3.2, RFC 9113 §8.3.1).
    HttpURI uri();

    /// The fields in the order received, hop-by-hop ones included. For HTTP/2 and HTTP/3 a `Host` field is present
    /// only if the client sent one.
    HttpFields fields();

    /// The HTTP version of the client.
    Protocol protocol();

    /// The connection that carried it.
    ClientConnection connection();
}
