package dev.gatehouse.observe;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// A bounded queue from many threads to one, without locks, without waking anybody and without allocating.
///
/// A producer takes a number with one compare-and-set and then fills the slot of that number; the consumer empties the
/// slots in order. The counters lie 128 bytes apart, so that the two sides do not share a cache line.
final class MpscRing<T> {
    private static final int TAIL = 16;
    private static final int LIMIT = 32;
    private static final int HEAD = 48;

    private final AtomicReferenceArray<@Nullable T> slots;
    private final int mask;
    private final AtomicLongArray counters = new AtomicLongArray(64);

    /// @param capacity at least 1; rounded up to a power of two
    MpscRing(int capacity) {
        var size = capacity <= 1 ? 1 : Integer.highestOneBit(capacity - 1) << 1;
        slots = new AtomicReferenceArray<>(size);
        mask = size - 1;
        counters.set(LIMIT, size);
    }

    /// Adds at the end; any thread.
    ///
    /// @return false when the queue is full
    boolean offer(T value) {
        while (true) {
            var tail = counters.get(TAIL);
            if (tail >= counters.get(LIMIT)) {
                var limit = counters.get(HEAD) + slots.length();
                if (tail >= limit) {
                    return false;
                }
                counters.set(LIMIT, limit); // an older value of another producer only costs it a second look
            }
            if (counters.compareAndSet(TAIL, tail, tail + 1)) {
                slots.setRelease((int) tail & mask, value);
                return true;
            }
        }
    }

    /// Takes from the front; the consumer's thread only.
    ///
    /// @return null when the queue is empty, or when the producer of the next value has not filled its slot yet
    @Nullable
    T poll() {
        var head = counters.getPlain(HEAD);
        var slot = (int) head & mask;
        var value = slots.getAcquire(slot);
        if (value != null) {
            slots.setPlain(slot, null);
            counters.setRelease(HEAD, head + 1);
        }
        return value;
    }

    /// Whether no producer has taken a number that is not consumed yet. A producer that takes one after this answered
    /// true sees what the caller wrote to volatile fields before it asked.
    boolean isEmpty() {
        return counters.get(TAIL) == counters.get(HEAD);
    }

    /// How many values were ever added.
    long added() {
        return counters.get(TAIL);
    }

    int capacity() {
        return slots.length();
    }
}
