package dev.gatehouse.config;

import java.nio.file.Path;

/// `[cache]`. Sizes are bytes; `maxTotalBytes` of `Long.MAX_VALUE` is no limit.
public record CacheConfig(
        Path directory, int maxEntries, long maxEntryBytes, long maxEntryInMemoryBytes, long maxTotalBytes) {}
