package dev.gatehouse.support;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What was received of a body: its length, its digest and its beginning. Any thread.
public final class Seen {
    /// How much of a body is kept as it is.
    public static final int KEPT = 65_536;

    private final MessageDigest digest;
    private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
    private long length;

    /// Nothing yet.
    public Seen() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    synchronized void add(byte[] bytes, int offset, int size) {
        digest.update(bytes, offset, size);
        beginning.write(bytes, offset, Math.clamp(KEPT - beginning.size(), 0, size));
        length += size;
    }

    /// Number of bytes.
    public synchronized long length() {
        return length;
    }

    /// SHA-256 of all bytes so far, hexadecimal.
    public synchronized String digest() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The first [#KEPT] bytes, one character each.
    public synchronized String text() {
        return beginning.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /// The first [#KEPT] bytes.
    public synchronized byte[] bytes() {
        return beginning.toByteArray();
    }

    OutputStream asStream() {
        return new OutputStream() {
            @Override
            public void write(int one) {
                add(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int size) {
                add(bytes, offset, size);
            }
        };
    }

    @Override
    public String toString() {
        return length() + " bytes";
    }
}
