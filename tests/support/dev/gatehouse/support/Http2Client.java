package dev.gatehouse.support;

import java.time.Duration;
import java.util.Locale;

/// [Client] over HTTP/2: a new stream for each request.
final class Http2Client implements Client {
    private final H2RawClient raw;

    Http2Client(H2RawClient raw) {
        this.raw = raw;
    }

    @Override
    public Answer send(Request request) {
        int stream = raw.nextStream();
        var fields = raw.request(request.method(), request.authority(), request.target());
        for (var field : request.fields().all()) {
            fields = fields.with(field.name().toLowerCase(Locale.ROOT), field.value());
        }
        if (request.framing() == Request.Framing.LENGTH) {
            fields = fields.with("content-length", Long.toString(request.body().length()));
        }
        boolean trailers = !request.trailers().all().isEmpty();
        raw.headers(stream, request.framing() == Request.Framing.NONE, fields);
        if (request.framing() != Request.Framing.NONE) {
            raw.send(stream, request.body(), !trailers, request.pieces());
            if (trailers) {
                raw.headers(stream, true, lowerCase(request.trailers()));
            }
        }
        return raw.answer(stream, Duration.ofSeconds(60));
    }

    private static Fields lowerCase(Fields fields) {
        return new Fields(fields.all().stream()
                .map(field -> new Fields.Field(field.name().toLowerCase(Locale.ROOT), field.value()))
                .toList());
    }

    @Override
    public void close() {
        raw.close();
    }
}
