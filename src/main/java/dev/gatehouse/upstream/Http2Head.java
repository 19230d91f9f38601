package dev.gatehouse.upstream;

import dev.gatehouse.config.UpstreamConfig;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;

/// The head of a request in HTTP/2.
final class Http2Head {
    private Http2Head() {}

    /// RFC 9113 §8.3.1: what HTTP/1.1 says in its request line and Host is said in pseudo fields.
    static MetaData.Request of(UpstreamCall call, UpstreamConfig upstream) {
        var out = HttpFields.build(call.fields().size());
        String authority = null;
        for (HttpField field : call.fields()) {
            switch (field.getHeader()) {
                case HOST -> authority = field.getValue();
                case CONTENT_LENGTH, TRANSFER_ENCODING -> {}
                case null, default -> out.add(field);
            }
        }
        boolean unsaid = call.contentLength() == 0 && !RequestWriter.saysThatThereIsNone(call.method());
        var scheme = upstream.tls() ? HttpScheme.HTTPS : HttpScheme.HTTP;
        return new MetaData.Request(
                call.method(),
                scheme.asString(),
                new HostPortHttpField(authority == null ? upstream.authority() : authority),
                call.target(),
                HttpVersion.HTTP_2,
                out,
                unsaid ? -1 : call.contentLength());
    }
}
