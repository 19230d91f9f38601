package dev.gatehouse.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.Stream;

/// Disjoint, sorted ranges of unsigned 128-bit numbers, for binary search. Immutable.
final class IpRanges {
    /// Both ends belong to it.
    record Range(long firstHigh, long firstLow, long lastHigh, long lastLow) {}

    /// Four longs a range, in the order of [Range]'s components.
    private final long[] bounds;

    private IpRanges(long[] bounds) {
        this.bounds = bounds;
    }

    static IpRanges of(Stream<Range> ranges) {
        var merged = new ArrayList<Range>();
        ranges.sorted((a, b) -> compare(a.firstHigh, a.firstLow, b.firstHigh, b.firstLow))
                .forEach(next -> {
                    if (!merged.isEmpty() && reaches(merged.getLast(), next)) {
                        merged.set(merged.size() - 1, union(merged.getLast(), next));
                    } else {
                        merged.add(next);
                    }
                });
        long[] bounds = new long[4 * merged.size()];
        for (int i = 0; i < merged.size(); i++) {
            var range = merged.get(i);
            bounds[4 * i] = range.firstHigh;
            bounds[4 * i + 1] = range.firstLow;
            bounds[4 * i + 2] = range.lastHigh;
            bounds[4 * i + 3] = range.lastLow;
        }
        return new IpRanges(bounds);
    }

    boolean contains(long high, long low) {
        int from = 0;
        int to = bounds.length / 4 - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            if (compare(high, low, bounds[4 * middle], bounds[4 * middle + 1]) < 0) {
                to = middle - 1;
            } else if (compare(high, low, bounds[4 * middle + 2], bounds[4 * middle + 3]) > 0) {
                from = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpRanges ranges && Arrays.equals(bounds, ranges.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    /// Whether `next`, which does not begin before `range`, overlaps it or follows it without a hole.
    private static boolean reaches(Range range, Range next) {
        long low = range.lastLow + 1;
        long high = range.lastHigh + (low == 0 ? 1 : 0);
        boolean lastOfAll = high == 0 && low == 0;
        return lastOfAll || compare(next.firstHigh, next.firstLow, high, low) <= 0;
    }

    private static Range union(Range range, Range next) {
        return compare(next.lastHigh, next.lastLow, range.lastHigh, range.lastLow) <= 0
                ? range
                : new Range(range.firstHigh, range.firstLow, next.lastHigh, next.lastLow);
    }

    private static int compare(long high, long low, long otherHigh, long otherLow) {
        int byHigh = Long.compareUnsigned(high, otherHigh);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, otherLow);
    }
}
