package dev.gatehouse.app;

/// What the process ends with. Scripts and service files rely on these numbers.
final class ExitCode {
    static final int OK = 0;

    /// The configuration, or a file that it names, cannot be used.
    static final int CONFIGURATION = 1;

    /// The command line cannot be understood.
    static final int USAGE = 2;

    /// Everything else: a port that is taken, a bug.
    static final int RUNTIME = 3;

    private ExitCode() {}
}
