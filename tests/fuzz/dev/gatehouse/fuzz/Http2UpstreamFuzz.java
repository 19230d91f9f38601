package dev.gatehouse.fuzz;

import java.io.IOException;

/// Any frames as the response of an HTTP/2 upstream.
public final class Http2UpstreamFuzz {
    private static final UpstreamFuzz FUZZ = new UpstreamFuzz(true);

    private Http2UpstreamFuzz() {}

    /// One input.
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length > 0) {
            FUZZ.run(input, FrameBytes.of(input, 1));
        }
    }
}
