package dev.gatehouse.config;

import java.util.Locale;

/// The values of `load_balance`.
public enum LoadBalance {
    NONE,
    ROUND_ROBIN,
    RANDOM,
    STICKY,
    PRIMARY_BACKUP;

    /// As the file spells it.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
