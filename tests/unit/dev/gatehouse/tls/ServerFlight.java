package dev.gatehouse.tls;

import java.nio.ByteBuffer;

/// Reads the key exchange group off the wire: from the ServerHello, or in TLS 1.2 from the ServerKeyExchange.
final class ServerFlight {
    private ServerFlight() {}

    /// @param wire all that the server sent; its last ServerHello counts
    /// @return the IANA name
    static String group(byte[] wire) {
        int number = -1;
        var messages = plaintextHandshake(wire);
        while (messages.remaining() >= 4) {
            int header = messages.getInt();
            var body = messages.slice(messages.position(), header & 0xffffff);
            messages.position(messages.position() + body.remaining());
            int found = switch (header >>> 24) {
                case 2 -> keyShare(body);
                case 12 -> body.getShort(1) & 0xffff; // curve_type named_curve, then the number
                default -> -1;
            };
            number = found < 0 ? number : found;
        }
        for (Group group : Group.values()) {
            if (group.number == number) {
                return group.ianaName;
            }
        }
        return "group " + number;
    }

    private static ByteBuffer plaintextHandshake(byte[] wire) {
        var messages = ByteBuffer.allocate(wire.length);
        var in = ByteBuffer.wrap(wire);
        boolean encrypted = false;
        while (in.remaining() >= 5) {
            int type = in.get();
            in.getShort();
            int length = in.getShort() & 0xffff;
            switch (type) {
                case 20 -> encrypted = true;
                case 22 -> {
                    // Behind a change of cipher only a second ServerHello can still be plaintext.
                    if (!encrypted || in.get(in.position()) == 2) {
                        messages.put(in.slice(in.position(), length));
                    }
                }
                default -> {}
            }
            in.position(in.position() + length);
        }
        return messages.flip();
    }

    private static int keyShare(ByteBuffer serverHello) {
        serverHello.position(34);
        serverHello.position(35 + serverHello.get());
        serverHello.getShort();
        serverHello.get();
        if (!serverHello.hasRemaining()) {
            return -1;
        }
        serverHello.getShort();
        while (serverHello.hasRemaining()) {
            int type = serverHello.getShort();
            int length = serverHello.getShort() & 0xffff;
            if (type == 51) {
                return serverHello.getShort() & 0xffff;
            }
            serverHello.position(serverHello.position() + length);
        }
        return -1;
    }
}
