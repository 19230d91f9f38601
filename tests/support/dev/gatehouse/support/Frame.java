package dev.gatehouse.support;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One HTTP/2 frame (RFC 9113 §4.1).
///
/// @param stream 0 for the connection
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Frame(int type, int flags, int stream, byte[] payload) {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public static final int END_STREAM = 0x1;
    public static final int ACK = 0x1;
    public static final int END_HEADERS = 0x4;
    public static final int PADDED = 0x8;
    public static final int PRIORITY_FLAG = 0x20;

    public static final int NO_ERROR = 0;
    public static final int PROTOCOL_ERROR = 1;
    public static final int INTERNAL_ERROR = 2;
    public static final int FLOW_CONTROL_ERROR = 3;
    public static final int SETTINGS_TIMEOUT = 4;
    public static final int STREAM_CLOSED = 5;
    public static final int FRAME_SIZE_ERROR = 6;
    public static final int REFUSED_STREAM = 7;
    public static final int CANCEL = 8;
    public static final int COMPRESSION_ERROR = 9;
    public static final int CONNECT_ERROR = 10;
    public static final int ENHANCE_YOUR_CALM = 11;

    private static final String[] NAMES = {
        "DATA",
        "HEADERS",
        "PRIORITY",
        "RST_STREAM",
        "SETTINGS",
        "PUSH_PROMISE",
        "PING",
        "GOAWAY",
        "WINDOW_UPDATE",
        "CONTINUATION"
    };

    /// Whether a flag is set.
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /// The 32 bits at an offset, the uppermost one cleared.
    public int number(int offset) {
        return ByteBuffer.wrap(payload).getInt(offset) & 0x7fff_ffff;
    }

    /// As it goes over the wire; a length other than the payload's can be claimed by [#bytes(int)].
    public byte[] bytes() {
        return bytes(payload.length);
    }

    /// As it goes over the wire, with that length in its head.
    public byte[] bytes(int claimedLength) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (claimedLength >> 16))
                .put((byte) (claimedLength >> 8))
                .put((byte) claimedLength)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /// Reads one; null at the end.
    public static @Nullable Frame read(DataInputStream in) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        try {
            int length = first << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt() & 0x7fff_ffff;
            var payload = new byte[length];
            in.readFully(payload);
            return new Frame(type, flags, stream, payload);
        } catch (EOFException cut) {
            throw new EOFException("end in a frame");
        }
    }

    @Override
    public String toString() {
        var name = type < NAMES.length ? NAMES[type] : "type " + type;
        var detail = switch (type) {
            case RST_STREAM, WINDOW_UPDATE -> payload.length == 4 ? " " + number(0) : "";
            case GOAWAY -> payload.length >= 8 ? " last=" + number(0) + " code=" + number(4) : "";
            default -> "";
        };
        return name + detail + " stream=" + stream + " flags=" + Integer.toHexString(flags) + " length="
                + payload.length;
    }
}
