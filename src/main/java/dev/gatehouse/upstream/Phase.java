package dev.gatehouse.upstream;

import java.util.Locale;

/// How far a call came; log lines name it.
public enum Phase {
    RESOLVE,
    CONNECT,
    TLS,
    REQUEST,
    RESPONSE_HEADER,
    RESPONSE_BODY,
    DONE;

    /// As logs write it.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
