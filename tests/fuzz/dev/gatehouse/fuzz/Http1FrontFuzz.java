package dev.gatehouse.fuzz;

import java.io.IOException;

/// Any bytes on a plain client connection: every response is well formed, the upstream gets only requests as the RFC
/// has them, never more of them than there are responses, and nothing ends in 500.
public final class Http1FrontFuzz {
    private static StrictOrigin origin;
    private static FuzzedProxy proxy;

    static {
        try {
            origin = new StrictOrigin();
            proxy = FuzzedProxy.inFrontOf(origin.address());
        } catch (IOException failed) {
            throw new ExceptionInInitializerError(failed);
        }
    }

    private Http1FrontFuzz() {}

    /// One input.
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        int before = origin.requests();
        var responses = RawResponses.of(proxy.exchange(input));
        int forwarded = origin.requests() - before;
        long passed = 0;
        for (var response : responses) {
            if (response.status() == 500) {
                throw new Finding("500: " + responses);
            }
            if (response.value("x-method") != null) {
                passed++;
            }
        }
        if (passed > forwarded) {
            throw new Finding(passed + " responses to " + forwarded + " requests: " + responses);
        }
        origin.check();
        proxy.after(input);
    }
}
