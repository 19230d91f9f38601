package dev.gatehouse.tls;

/// Native cryptography does not load; the message says of what.
final class NativeUnavailable extends Exception {
    private static final long serialVersionUID = 1;

    NativeUnavailable(Throwable cause) {
        super(words(cause), cause);
    }

    /// The innermost reason in one line: what is around it only says that something could not be initialised.
    private static String words(Throwable cause) {
        var deepest = cause;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        var message = String.valueOf(deepest.getMessage()).lines().findFirst().orElse("");
        return "%s: %s (it is unpacked into java.io.tmpdir, %s)"
                .formatted(deepest.getClass().getSimpleName(), message, System.getProperty("java.io.tmpdir"));
    }
}
