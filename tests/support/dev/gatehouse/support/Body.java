package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;

/// A body that is made while it is sent, so that it may be larger than memory.
public sealed interface Body {
    /// Length in bytes.
    long length();

    /// Copies the bytes from `position` on.
    void fill(long position, byte[] target, int offset, int length);

    /// No bytes.
    static Body none() {
        return new Bytes(new byte[0]);
    }

    /// These bytes.
    static Body of(byte[] bytes) {
        return new Bytes(bytes);
    }

    /// This text in UTF-8.
    static Body of(String text) {
        return new Bytes(text.getBytes(UTF_8));
    }

    /// Bytes that look random, always the same for one length; a byte that is lost, doubled or moved changes the
    /// digest.
    static Body pattern(long length) {
        return new Pattern(length);
    }

    /// Writes all of it in pieces of at most `piece` bytes.
    default void writeTo(OutputStream out, int piece) throws IOException {
        var buffer = new byte[(int) Math.min(piece, Math.max(1, length()))];
        for (long at = 0; at < length(); ) {
            int size = (int) Math.min(buffer.length, length() - at);
            fill(at, buffer, 0, size);
            out.write(buffer, 0, size);
            out.flush();
            at += size;
        }
    }

    /// The digest a [Seen] has that received all of it.
    default String digest() {
        var seen = new Seen();
        try {
            writeTo(seen.asStream(), 65_536);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return seen.digest();
    }

    /// See [Body#of(byte[])].
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Bytes(byte[] bytes) implements Body {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public void fill(long position, byte[] target, int offset, int length) {
            System.arraycopy(bytes, (int) position, target, offset, length);
        }
    }

    /// See [Body#pattern(long)].
    record Pattern(long length) implements Body {
        /// A prime number of bytes, so that no buffer size is a multiple of it.
        private static final byte[] PERIOD = new byte[65_521];

        static {
            new Random(1).nextBytes(PERIOD);
        }

        @Override
        public void fill(long position, byte[] target, int offset, int length) {
            int done = 0;
            while (done < length) {
                int from = (int) ((position + done) % PERIOD.length);
                int size = Math.min(length - done, PERIOD.length - from);
                System.arraycopy(PERIOD, from, target, offset + done, size);
                done += size;
            }
        }
    }
}
