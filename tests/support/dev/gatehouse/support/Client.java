package dev.gatehouse.support;

/// One connection of an ordinary client, whatever the version; one request at a time.
public interface Client extends AutoCloseable {
    /// Sends a request while reading the answer, and waits for the answer's end.
    Answer send(Request request);

    /// A GET for `app.example`.
    default Answer get(String target) {
        return send(Request.get(target));
    }

    /// A POST of known length for `app.example`.
    default Answer post(String target, Body body) {
        return send(Request.post(target, body));
    }

    @Override
    void close();
}
