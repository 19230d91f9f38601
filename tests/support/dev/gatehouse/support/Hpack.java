package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;

/// Writes HPACK (RFC 7541) without tables and without Huffman coding, so that any bytes can be a name or a value.
public final class Hpack {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// All fields as literals without indexing (§6.2.2), in order.
    public static byte[] encode(Fields fields) {
        var hpack = new Hpack();
        for (var field : fields.all()) {
            hpack.literal(0x00, field.name(), field.value());
        }
        return hpack.bytes();
    }

    /// A literal without indexing.
    public Hpack field(String name, String value) {
        return literal(0x00, name, value);
    }

    /// A literal that enters the dynamic table (§6.2.1).
    public Hpack indexed(String name, String value) {
        return literal(0x40, name, value);
    }

    /// A reference to a table entry (§6.1); 62 is the latest dynamic one.
    public Hpack reference(int index) {
        integer(0x80, 7, index);
        return this;
    }

    /// A change of the dynamic table's size (§6.3).
    public Hpack tableSize(int size) {
        integer(0x20, 5, size);
        return this;
    }

    /// What was written so far.
    public byte[] bytes() {
        return out.toByteArray();
    }

    private Hpack literal(int pattern, String name, String value) {
        out.write(pattern);
        string(name);
        string(value);
        return this;
    }

    private void string(String latin1) {
        integer(0x00, 7, latin1.length());
        out.writeBytes(latin1.getBytes(ISO_8859_1));
    }

    /// §5.1.
    private void integer(int pattern, int prefixBits, int value) {
        int most = (1 << prefixBits) - 1;
        if (value < most) {
            out.write(pattern | value);
            return;
        }
        out.write(pattern | most);
        int rest = value - most;
        while (rest >= 128) {
            out.write(rest % 128 + 128);
            rest /= 128;
        }
        out.write(rest);
    }
}
