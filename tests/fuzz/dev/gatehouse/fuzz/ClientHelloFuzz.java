package dev.gatehouse.fuzz;

import dev.gatehouse.tls.ClientHello;
import java.nio.ByteBuffer;

/// Any bytes where a ClientHello is expected: the parser decides or asks for more, and the same however they come.
public final class ClientHelloFuzz {
    private ClientHelloFuzz() {}

    /// One input.
    public static void fuzzerTestOneInput(byte[] input) {
        var whole = ClientHello.parse(ByteBuffer.wrap(input));
        if (whole instanceof ClientHello.NeedMore more && more.atLeast() <= input.length) {
            throw new Finding("asks for " + more.atLeast() + " of " + input.length + " bytes");
        }
        for (int size = input.length - 1; size >= Math.max(0, input.length - 8); size--) {
            var part = ClientHello.parse(ByteBuffer.wrap(input, 0, size));
            if (part instanceof ClientHello.Hello && !(whole instanceof ClientHello.Hello)) {
                throw new Finding("more bytes, other outcome: " + part + " then " + whole);
            }
        }
    }
}
