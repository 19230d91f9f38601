package dev.gatehouse.upstream;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/// What the head of a response says: to the client, and about its own end and that of the connection. Confined to its
/// loop.
final class Http1ResponseHead {
    private int status;
    private boolean current;
    private HttpFields.Mutable fields = HttpFields.build();
    private long length;
    private boolean chunked;
    private boolean persistent;
    private boolean closeSaid;
    private boolean doubtful;
    private boolean authenticatesConnection;
    private long keepSeconds;

    /// Begins another one.
    void reset() {
        status = 0;
        current = false;
        fields = HttpFields.build();
        length = -1;
        chunked = false;
        persistent = false;
        closeSaid = false;
        doubtful = false;
        authenticatesConnection = false;
        keepSeconds = -1;
    }

    void statusLine(byte[] line, int size) throws BadResponse {
        status = Http1Syntax.status(line, size);
        current = Http1Syntax.isCurrent(line);
        persistent = current;
    }

    /// Whether the version is 1.1 or a later 1.
    boolean isCurrent() {
        return current;
    }

    void add(HttpField field) throws BadResponse {
        if (fields.size() >= Http1ResponseParser.MAX_FIELDS) {
            throw BadResponse.malformed("more than " + Http1ResponseParser.MAX_FIELDS + " fields");
        }
        var header = field.getHeader();
        if (header != null) {
            switch (header) {
                case CONTENT_LENGTH -> {
                    if (!contentLength(field.getValue())) {
                        return;
                    }
                }
                case TRANSFER_ENCODING -> {
                    if (!transferEncoding(field.getValue())) {
                        return;
                    }
                }
                case CONNECTION -> {
                    closeSaid |= field.contains("close");
                    persistent |= field.contains("keep-alive");
                }
                case KEEP_ALIVE -> keepSeconds = KeepAlive.seconds(field.getValue());
                case WWW_AUTHENTICATE, PROXY_AUTHENTICATE ->
                    authenticatesConnection |= ConnectionAuthentication.isNamed(field.getValue());
                default -> {}
            }
        }
        fields.add(field);
    }

    /// Several may stand there as long as they are equal (RFC 9112 §6.3 item 5).
    ///
    /// @return whether the field is kept
    private boolean contentLength(String value) throws BadResponse {
        long said = Http1Syntax.contentLength(value);
        if (said == ResponseHeadCheck.INVALID || (length >= 0 && length != said)) {
            throw BadResponse.ambiguous("Content-Length '" + value + (length >= 0 ? "', and before " + length : "'"));
        }
        if (isBodyless()) {
            refuseFraming(said > 0, "Content-Length", value);
            return false;
        }
        if (length >= 0) {
            return false;
        }
        length = said;
        if (value.indexOf(',') >= 0) {
            fields.add(HttpHeader.CONTENT_LENGTH, said);
            return false;
        }
        return true;
    }

    /// `chunked` once, and only where it may stand: everything else has been read in two ways before (RFC 9112 §6.1).
    /// `identity` was always the same as nothing (RFC 2616 §3.6).
    ///
    /// @return whether the field is kept
    private boolean transferEncoding(String value) throws BadResponse {
        if (value.equalsIgnoreCase("identity")) {
            return false;
        }
        if (isBodyless()) {
            refuseFraming(true, "Transfer-Encoding", value);
            return false;
        }
        if (chunked || !current || !value.equalsIgnoreCase("chunked")) {
            throw BadResponse.ambiguous(
                    "Transfer-Encoding '" + value + (chunked ? "' behind chunked" : current ? "'" : "' of HTTP/1.0"));
        }
        chunked = true;
        return true;
    }

    /// A 204 ends with its head whatever that says (RFC 9112 §6.3 item 1); as content may follow all the same, nothing
    /// that comes behind it is read. Behind an interim response something has to be read.
    private void refuseFraming(boolean content, String name, String value) throws BadResponse {
        if (content && status < 200) {
            throw BadResponse.ambiguous(name + " '" + value + "' with status " + status);
        }
        doubtful |= content;
    }

    /// These have no content and no framing of one; 304 may tell the length that a 200 would have.
    private boolean isBodyless() {
        return status == 204 || status < 200;
    }

    /// The header section is complete.
    void end() throws BadResponse {
        if (chunked && length >= 0) {
            throw BadResponse.ambiguous("both Content-Length and Transfer-Encoding");
        }
    }

    int status() {
        return status;
    }

    /// The fields so far; each response has its own object.
    HttpFields.Mutable fields() {
        return fields;
    }

    /// The length of the content; -1 where it is not said.
    long length() {
        return length;
    }

    boolean isChunked() {
        return chunked;
    }

    /// Whether the response ends with its head, whatever it says.
    boolean hasNoContent() {
        return isBodyless() || status == 304;
    }

    /// Whether the connection may serve another request (RFC 9112 §9.3).
    boolean isPersistent() {
        return persistent && !closeSaid && !doubtful;
    }

    /// How long the upstream keeps the connection; -1 when it does not say.
    long keepSeconds() {
        return keepSeconds;
    }

    /// Whether the upstream asks for credentials of the whole connection.
    boolean authenticatesConnection() {
        return authenticatesConnection;
    }
}
