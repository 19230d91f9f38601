package dev.gatehouse.http;

import java.io.IOException;

/// Why a request's body ends early, or why an answer could not be written. Carries no stack trace: it is an event, not
/// a mistake in the program.
public final class RequestFailure extends IOException {
    private static final long serialVersionUID = 1;

    private final Failure failure;

    /// @param detail for the log only
    public RequestFailure(Failure failure, String detail) {
        super(detail);
        this.failure = failure;
    }

    /// What happened.
    public Failure failure() {
        return failure;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
