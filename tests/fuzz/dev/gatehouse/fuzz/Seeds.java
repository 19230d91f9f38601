package dev.gatehouse.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.gatehouse.support.Frame;
import dev.gatehouse.support.TestPki;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes the inputs that the targets start from: valid ones, for the fuzzer to spoil.
@SuppressWarnings("StringConcatToTextBlock") // bytes with CRLF, which text blocks would hide
final class Seeds {
    private static final int FIELDS = 0x40;
    private static final int END = Frame.END_STREAM | Frame.END_HEADERS;

    private final Path directory;
    private int number;

    private Seeds(Path directory) {
        this.directory = directory;
    }

    /// @param arguments the directory; gets a folder for each target
    public static void main(String[] arguments) throws IOException {
        new Seeds(Path.of(arguments[0])).write();
    }

    private void write() throws IOException {
        http1Front("GET / HTTP/1.1\r\nHost: app.example\r\n\r\n");
        http1Front("GET /a%2fb/../c?d HTTP/1.1\r\nHost: app.example:80\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"
                + "HEAD / HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n");
        http1Front("POST / HTTP/1.1\r\nHost: app.example\r\nContent-Length: 5\r\n\r\nhello");
        http1Front("POST / HTTP/1.1\r\nHost: app.example\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                + "5;x=y\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
        http1Front("PUT / HTTP/1.1\r\nHost: app.example\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx");
        http1Front("GET http://app.example/x HTTP/1.1\r\nHost: app.example\r\nTE: trailers\r\nConnection: te\r\n\r\n");
        http1Front("GET /ws HTTP/1.1\r\nHost: app.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\nbytes");
        http1Front("OPTIONS * HTTP/1.0\r\nHost: app.example\r\nConnection: keep-alive\r\n\r\n");

        var get = FrameBytes.frame(
                Frame.HEADERS | FIELDS, END, 1, ":method: GET\n:scheme: http\n:authority: app.example\n:path: /");
        var post = FrameBytes.frame(
                Frame.HEADERS | FIELDS,
                Frame.END_HEADERS,
                3,
                ":method: POST\n:scheme: http\n:authority: app.example\n:path: /x?y\ncontent-length: 5\nte: trailers");
        var data = FrameBytes.frame(Frame.DATA, 0, 3, "hello");
        var trailers = FrameBytes.frame(Frame.HEADERS | FIELDS, END, 3, "x-sum: 1");
        var window = FrameBytes.frame(Frame.WINDOW_UPDATE, 0, 0, "\0\0\1\0");
        var reset = FrameBytes.frame(Frame.RST_STREAM, 0, 1, "\0\0\0\b");
        var settings = FrameBytes.frame(Frame.SETTINGS, 0, 0, "\0\4\0\0\0\0");
        var half = FrameBytes.frame(Frame.HEADERS | FIELDS, Frame.END_STREAM, 5, ":method: GET\n:scheme: http");
        var rest = FrameBytes.frame(
                Frame.CONTINUATION | FIELDS, Frame.END_HEADERS, 5, ":authority: app.example\n:path: /");
        for (byte first : new byte[] {0, 7}) {
            frames("Http2FrontFuzz", first, get);
            frames("Http2FrontFuzz", first, post, data, trailers);
            frames("Http2FrontFuzz", first, settings, get, reset, window, half, rest);
        }

        http1Upstream("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
        http1Upstream(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\n\r\n");
        http1Upstream("HTTP/1.1 100 Continue\r\n\r\n"
                + "HTTP/1.1 103 Early Hints\r\n"
                + "Link: </x>\r\n\r\n"
                + "HTTP/1.0 404 No\r\n\r\n"
                + "body");
        http1Upstream(
                "HTTP/1.1 302 \u00c9\r\nLocation: http://127.0.0.1/x\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
        http1Upstream("HTTP/1.1 204 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        http1Upstream("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 7\r\n\r\n");

        var head = FrameBytes.frame(Frame.HEADERS | FIELDS, Frame.END_HEADERS, 1, ":status: 200\nx-a: b");
        var early = FrameBytes.frame(Frame.HEADERS | FIELDS, Frame.END_HEADERS, 1, ":status: 103\nlink: </x>");
        var body = FrameBytes.frame(Frame.DATA, Frame.END_STREAM, 1, "hello");
        var part = FrameBytes.frame(Frame.DATA, 0, 1, "hello");
        var sum = FrameBytes.frame(Frame.HEADERS | FIELDS, END, 1, "x-sum: 1");
        var goAway = FrameBytes.frame(Frame.GOAWAY, 0, 0, "\0\0\0\1\0\0\0\0");
        var refused = FrameBytes.frame(Frame.RST_STREAM, 0, 1, "\0\0\0\7");
        frames("Http2UpstreamFuzz", (byte) 0, head, body);
        frames("Http2UpstreamFuzz", (byte) 1, early, head, part, sum);
        frames("Http2UpstreamFuzz", (byte) 0, settings, window, head, part, goAway);
        frames("Http2UpstreamFuzz", (byte) 0, refused);

        certificates();
        for (var file : new String[] {
            "config-example.toml", "tests/resources/config/rpxy-complete.toml", "tests/resources/config/routes.toml"
        }) {
            input("ConfigFuzz", Files.readAllBytes(Path.of(file)));
        }
        hello();
    }

    private void certificates() throws IOException {
        var files = TestPki.create().leaf("app.example").writeTo(Files.createTempDirectory(directory, "pki"), "app");
        var both = new ByteArrayOutputStream();
        both.write(0);
        both.writeBytes(Files.readAllBytes(files.certificate()));
        both.writeBytes(Files.readAllBytes(files.key()));
        input("CertificateFuzz", both.toByteArray());
        for (var block : Files.readString(files.certificate()).split("(?<=-----END CERTIFICATE-----\n)")) {
            var der = java.util.Base64.getMimeDecoder().decode(block.replaceAll("-----[A-Z ]+-----", ""));
            var bytes = new byte[der.length + 1];
            bytes[0] = 1;
            System.arraycopy(der, 0, bytes, 1, der.length);
            input("CertificateFuzz", bytes);
        }
    }

    /// A ClientHello with server_name, supported_versions and supported_groups.
    private void hello() throws IOException {
        var extensions = "\0\0\0\20\0\16\0\0\13app.example" + "\0\53\0\3\2\3\4" + "\0\12\0\4\0\2\0\35";
        var body =
                "\3\3" + "r".repeat(32) + "\0" + "\0\2\23\1" + "\1\0" + "\0" + (char) extensions.length() + extensions;
        var message = "\1\0\0" + (char) body.length() + body;
        input("ClientHelloFuzz", ("\26\3\1\0" + (char) message.length() + message).getBytes(ISO_8859_1));
    }

    private void http1Front(String latin1) throws IOException {
        input("Http1FrontFuzz", latin1.getBytes(ISO_8859_1));
    }

    private void http1Upstream(String latin1) throws IOException {
        input("Http1UpstreamFuzz", ("\0" + latin1).getBytes(ISO_8859_1));
        input("Http1UpstreamFuzz", ("\1" + latin1).getBytes(ISO_8859_1));
    }

    private void frames(String target, byte first, byte[]... frames) throws IOException {
        var out = new ByteArrayOutputStream();
        out.write(first);
        for (var frame : frames) {
            out.writeBytes(frame);
        }
        input(target, out.toByteArray());
    }

    private void input(String target, byte[] bytes) throws IOException {
        var folder = Files.createDirectories(directory.resolve(target));
        Files.write(folder.resolve("seed-" + number++), bytes);
    }
}
