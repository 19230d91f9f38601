package dev.gatehouse.support;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;

/// Makes parameters: each input over each way to talk to the proxy.
public final class Inputs {
    private static final AtomicInteger ONCE = new AtomicInteger();

    private Inputs() {}

    /// `(Front, String)` for HTTP/1.1 over plaintext and over TLS; controls in the name are shown escaped.
    public static Stream<Arguments> http1(String... inputs) {
        return over(List.of(Front.H1, Front.H1_TLS), Arrays.stream(inputs).map(Inputs::shown));
    }

    /// `(Front, Named)` for HTTP/1.1 over plaintext and over TLS.
    public static Stream<Arguments> http1(Stream<? extends Named<?>> inputs) {
        return over(List.of(Front.H1, Front.H1_TLS), inputs);
    }

    /// `(Front, Named)` for HTTP/2 over TLS and over plaintext.
    public static Stream<Arguments> http2(Stream<? extends Named<?>> inputs) {
        return over(List.of(Front.H2, Front.H2C), inputs);
    }

    /// `(Front, String)` for every protocol.
    public static Stream<Arguments> every(Stream<String> inputs) {
        return over(List.of(Front.values()), inputs.map(Inputs::shown));
    }

    /// The target with a number in its query, so that a request can be found among all others.
    public static String once(String target) {
        return target + (target.contains("?") ? "&" : "?") + "once=" + ONCE.incrementAndGet();
    }

    private static Stream<Arguments> over(List<Front> fronts, Stream<? extends Named<?>> inputs) {
        return inputs.flatMap(input -> fronts.stream().map(front -> Arguments.of(front, input)));
    }

    /// Text that is its own name, with control bytes readable and length bounded.
    public static Named<String> shown(String text) {
        var name = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), 60); i++) {
            char one = text.charAt(i);
            if (one == '\r') {
                name.append("\\r");
            } else if (one == '\n') {
                name.append("\\n");
            } else if (one < ' ' || one > '~') {
                name.append("\\x").append(String.format("%02x", (int) one));
            } else {
                name.append(one);
            }
        }
        return Named.of(text.isBlank() ? "'" + name + "'" : name + (text.length() > 60 ? "..." : ""), text);
    }
}
