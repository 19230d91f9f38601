package dev.gatehouse.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Builds the bytes of a ClientHello, right or wrong.
final class HelloBytes {
    private final ByteArrayOutputStream extensions = new ByteArrayOutputStream();
    private int version = 0x0303;
    private byte[] compressions = {0};
    private int[] suites = {0x1301, 0xc02b};
    private byte[] behind = {};
    private boolean withExtensions = true;

    HelloBytes version(int value) {
        version = value;
        return this;
    }

    HelloBytes suites(int... values) {
        suites = values.clone();
        return this;
    }

    HelloBytes compressions(int... values) {
        compressions = bytes(values);
        return this;
    }

    HelloBytes withoutExtensions() {
        withExtensions = false;
        return this;
    }

    HelloBytes bytesBehindExtensions(int... values) {
        behind = bytes(values);
        return this;
    }

    HelloBytes extension(int type, byte[] data) {
        extensions.writeBytes(concat(u16(type), u16(data.length), data));
        return this;
    }

    HelloBytes serverName(String name) {
        return serverName(name.getBytes(StandardCharsets.ISO_8859_1));
    }

    HelloBytes serverName(byte[] name) {
        return extension(0, vector16(concat(bytes(0), vector16(name))));
    }

    HelloBytes alpn(String... names) {
        var list = new ByteArrayOutputStream();
        for (String name : names) {
            list.writeBytes(vector8(name.getBytes(StandardCharsets.ISO_8859_1)));
        }
        return extension(16, vector16(list.toByteArray()));
    }

    HelloBytes versions(int... versions) {
        return extension(43, vector8(numbers(versions)));
    }

    HelloBytes groups(int... groups) {
        return extension(10, vector16(numbers(groups)));
    }

    HelloBytes signatureSchemes(int... schemes) {
        return extension(13, vector16(numbers(schemes)));
    }

    /// The handshake message with its header.
    byte[] message() {
        byte[] body = concat(
                u16(version),
                new byte[32],
                vector8(new byte[32]),
                vector16(numbers(suites)),
                vector8(compressions),
                withExtensions ? vector16(extensions.toByteArray()) : new byte[0],
                behind);
        return concat(bytes(1, 0), u16(body.length), body);
    }

    /// The message in one record.
    byte[] record() {
        return records(1 << 14);
    }

    /// The message in records of at most this many bytes each.
    byte[] records(int size) {
        return split(message(), size);
    }

    static byte[] split(byte[] message, int size) {
        var out = new ByteArrayOutputStream();
        for (int from = 0; from < message.length; from += size) {
            int length = Math.min(size, message.length - from);
            out.writeBytes(concat(bytes(22, 3, 1), u16(length)));
            out.write(message, from, length);
        }
        return out.toByteArray();
    }

    static byte[] vector8(byte[] data) {
        return concat(bytes(data.length), data);
    }

    static byte[] vector16(byte[] data) {
        return concat(u16(data.length), data);
    }

    static byte[] numbers(int... values) {
        var out = new ByteArrayOutputStream();
        for (int value : values) {
            out.writeBytes(u16(value));
        }
        return out.toByteArray();
    }

    static byte[] u16(int value) {
        return bytes(value >> 8, value);
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] concat(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
