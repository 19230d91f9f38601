package dev.gatehouse.upstream;

/// A response that cannot be believed. Carries no stack trace: it is an event, not a mistake in the program.
final class BadResponse extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean framing;

    private BadResponse(String detail, boolean framing) {
        super(detail);
        this.framing = framing;
    }

    /// Something is no HTTP.
    static BadResponse malformed(String detail) {
        return new BadResponse(detail, false);
    }

    /// The end of the response could be read in two ways.
    static BadResponse ambiguous(String detail) {
        return new BadResponse(detail, true);
    }

    boolean framing() {
        return framing;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
