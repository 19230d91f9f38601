package dev.gatehouse.upstream;

import java.io.IOException;

/// Ends the wish to read of a connection that another protocol takes over. Carries no stack trace: it is an event, not
/// a mistake in the program.
final class HandedOver extends IOException {
    private static final long serialVersionUID = 1;

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
