package dev.gatehouse.upstream;

/// Messages of exceptions for the log.
final class Causes {
    private Causes() {}

    /// What the innermost cause says, or is.
    static String message(Throwable failure) {
        var root = failure;
        for (var inner = root.getCause(); inner != null; inner = inner.getCause()) {
            root = inner;
        }
        var text = root.getMessage();
        return text == null || text.isBlank() ? root.getClass().getSimpleName() : text;
    }
}
