package dev.gatehouse.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.function.IntSupplier;

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

    /// Sizes of pieces as a program that does not care makes them: a few bytes, some KiB, around a buffer's size; all
    /// at most 64 KiB and a little.
    ///
    /// @param seed the same seed makes the same sizes
    static IntSupplier raggedPieces(long seed) {
        var random = new Random(seed);
        return () -> switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(40);
            case 1 -> 1 + random.nextInt(5_000);
            case 2 -> (16_384 << random.nextInt(3)) - 2 + random.nextInt(5);
            default -> 1 + random.nextInt(65_536);
        };
    }

    /// Writes all of it in pieces of at most `piece` bytes.
    default void writeTo(OutputStream out, int piece) throws IOException {
        writeTo(out, () -> piece);
    }

    /// Writes all of it in pieces of these sizes.
    default void writeTo(OutputStream out, IntSupplier pieces) throws IOException {
        var buffer = new byte[0];
        for (long at = 0; at < length(); ) {
            int size = (int) Math.min(pieces.getAsInt(), length() - at);
            if (buffer.length < size) {
                buffer = new byte[size];
            }
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
