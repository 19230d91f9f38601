package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;

/// [Client] over HTTP/1.1. Bodies are written by a thread of their own, so that answers can come while they go out.
final class Http1Client implements Client {
    private final RawHttp1Client raw;

    Http1Client(RawHttp1Client raw) {
        this.raw = raw;
    }

    @Override
    public Answer send(Request request) {
        raw.send(head(request));
        if (request.framing() == Request.Framing.NONE) {
            return raw.read(request.method());
        }
        Thread.ofVirtual().name("h1-client-writer").start(() -> writeBody(request));
        return raw.read(request.method());
    }

    private static String head(Request request) {
        var head = new StringBuilder(request.method())
                .append(' ')
                .append(request.target())
                .append(" HTTP/1.1\r\nHost: ")
                .append(request.authority())
                .append("\r\n");
        for (var field : request.fields().all()) {
            head.append(field.name()).append(": ").append(field.value()).append("\r\n");
        }
        switch (request.framing()) {
            case LENGTH ->
                head.append("Content-Length: ").append(request.body().length()).append("\r\n");
            case CHUNKED -> head.append("Transfer-Encoding: chunked\r\n");
            case NONE -> {
                // Nothing to say.
            }
        }
        return head.append("\r\n").toString();
    }

    private void writeBody(Request request) {
        try {
            var out = raw.out();
            if (request.framing() == Request.Framing.LENGTH) {
                request.body().writeTo(out, request.pieces());
            } else {
                request.body().writeTo(new Chunks(out), request.pieces());
                var end = new StringBuilder("0\r\n");
                for (var trailer : request.trailers().all()) {
                    end.append(trailer.name())
                            .append(": ")
                            .append(trailer.value())
                            .append("\r\n");
                }
                out.write(end.append("\r\n").toString().getBytes(ISO_8859_1));
                out.flush();
            }
        } catch (IOException closed) {
            // The answer, or its absence, tells the test.
        }
    }

    /// Makes a chunk of each write.
    private static final class Chunks extends OutputStream {
        private final OutputStream out;

        Chunks(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write((Integer.toHexString(length) + "\r\n").getBytes(ISO_8859_1));
            out.write(bytes, offset, length);
            out.write('\r');
            out.write('\n');
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }

    @Override
    public void close() {
        raw.close();
    }
}
