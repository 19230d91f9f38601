package dev.gatehouse.fuzz;

/// Something that must hold for every input does not.
final class Finding extends RuntimeException {
    private static final long serialVersionUID = 1;

    Finding(String message) {
        super(message);
    }

    Finding(String message, Throwable cause) {
        super(message, cause);
    }
}
