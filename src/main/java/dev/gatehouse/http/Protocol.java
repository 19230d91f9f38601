package dev.gatehouse.http;

/// The HTTP version that a client speaks.
public enum Protocol {
    HTTP_1_0("HTTP/1.0"),
    HTTP_1_1("HTTP/1.1"),
    HTTP_2("HTTP/2.0"),
    HTTP_3("HTTP/3.0");

    private final String text;

    Protocol(String text) {
        this.text = text;
    }

    /// As access logs write it: `HTTP/1.1`.
    public String text() {
        return text;
    }

    /// Whether messages are framed as in RFC 9112.
    public boolean isHttp1() {
        return this == HTTP_1_0 || this == HTTP_1_1;
    }
}
