package dev.gatehouse.fuzz;

import java.io.IOException;
import java.util.Arrays;

/// Any bytes as the response of an HTTP/1 upstream.
public final class Http1UpstreamFuzz {
    private static final UpstreamFuzz FUZZ = new UpstreamFuzz(false);

    private Http1UpstreamFuzz() {}

    /// One input.
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length > 0) {
            FUZZ.run(input, Arrays.copyOfRange(input, 1, input.length));
        }
    }
}
