package dev.gatehouse.fuzz;

import java.io.IOException;

/// What both kinds of upstreams have in common: whatever they send, the client gets one well-formed response.
final class UpstreamFuzz {
    private final FixedOrigin origin;
    private final FuzzedProxy proxy;

    UpstreamFuzz(boolean http2) {
        try {
            origin = new FixedOrigin(http2);
            proxy = http2
                    ? FuzzedProxy.inFrontOf(origin.address(), "upstream_options = [\"force_http2_upstream\"]")
                    : FuzzedProxy.inFrontOf(origin.address());
        } catch (IOException failed) {
            throw new ExceptionInInitializerError(failed);
        }
    }

    /// @param input its first byte chooses the request
    /// @param response of the upstream
    void run(byte[] input, byte[] response) throws IOException {
        origin.respondWith(response);
        int method = input[0];
        var received = proxy.exchange(FixedOrigin.request(method));
        if (method % 2 != 0) {
            headOnly(received);
        }
        var responses = RawResponses.of(received);
        long last = responses.stream().filter(each -> !each.isInterim()).count();
        if (last != 1) {
            throw new Finding(last + " final responses: " + responses);
        }
        if (responses.getLast().status() == 500 && response.length == 0) {
            throw new Finding("500: " + responses);
        }
        proxy.after(input);
    }

    private static void headOnly(byte[] received) {
        var text = new String(received, java.nio.charset.StandardCharsets.ISO_8859_1);
        int at = text.lastIndexOf("HTTP/1.1 ");
        int end = text.indexOf("\r\n\r\n", Math.max(at, 0));
        if (end >= 0 && end + 4 != text.length()) {
            throw new Finding("content in the response to HEAD: " + RawResponses.quoted(text));
        }
    }
}
